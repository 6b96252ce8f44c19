import Files
import Foundation
import Subprocess
import SystemPackage

/// A program of the host, found on `PATH` or by its absolute path, with its environment.
package struct HostTool: Sendable {
    package let name: String
    /// Added to the environment of drydock; replaces variables of the same name.
    package let environment: [String: String]

    package init(_ name: String, environment: [String: String] = [:]) {
        self.name = name
        self.environment = environment
    }

    /// The absolute path of `name`; nil if the host has no such program.
    package var path: String? {
        if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(
            where: FileManager.default.isExecutableFile(atPath:))
    }

    /// Runs the program to its end in a process group of its own, without standard input.
    ///
    /// A non-zero exit is a result, not an error. Standard output and standard error arrive as one stream, in order.
    /// When the task is cancelled, the whole group is terminated, and killed two seconds later. Under a lock it is tied
    /// to the lock, see `Tether`.
    /// - Parameter onLine: called for each line as it is printed.
    /// - Throws: `ToolError.cannotStart`, or `CancellationError`.
    package func run(
        _ arguments: [String], in folder: URL? = nil, onLine: @Sendable (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        try Task.checkCancellation()
        guard let lock = FileLock.held else {
            return try await run(arguments, in: folder, input: .none, error: .combinedWithOutput, onLine)
        }
        // The shell would say less clearly that the program is missing.
        guard let path else { throw ToolError.cannotStart(tool: name, reason: "there is no such program") }
        let pipe = try Tether.pipe()
        defer { try? pipe.held.close() }
        return try await HostTool("sh", environment: environment).run(
            Tether.words + [path] + arguments, in: folder,
            input: .fileDescriptor(pipe.watched, closeAfterSpawningProcess: true),
            error: .fileDescriptor(FileDescriptor(rawValue: lock), closeAfterSpawningProcess: false), onLine)
    }

    private func run(
        _ arguments: [String], in folder: URL?, input: some InputProtocol, error: some ErrorOutputProtocol,
        _ onLine: @Sendable (String) -> Void
    ) async throws -> ToolResult {
        let clock = ContinuousClock()
        let started = clock.now
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        do {
            let outcome = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name), arguments: Arguments(arguments),
                environment: .inherit.updating(overrides), workingDirectory: folder.map { FilePath($0.path) },
                platformOptions: options, input: input, output: .sequence, error: error
            ) { execution in
                var lines: [String] = []
                for try await line in execution.standardOutput.strings() {
                    let text = line.trimmingCharacters(in: .newlines)
                    lines.append(text)
                    onLine(text)
                }
                return lines
            }
            try Task.checkCancellation()
            return ToolResult(
                status: ToolStatus(outcome.terminationStatus), lines: outcome.closureResult,
                duration: clock.now - started)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw ToolError.cannotStart(tool: name, reason: "\(error)")
        }
    }

    /// Runs the program to its end on the caller's terminal, in the caller's process group.
    package func handOver(_ arguments: [String]) async throws {
        do {
            _ = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name), arguments: Arguments(arguments),
                environment: .inherit.updating(overrides),
                input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
                output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        } catch let error as SubprocessError {
            throw ToolError.cannotStart(tool: name, reason: "\(error)")
        }
    }

    /// Runs the program and requires exit status 0.
    /// - Parameter act: what is being done, for the error: "unpack linux-6.1.tar.xz".
    @discardableResult
    package func run(
        to act: String, _ arguments: [String], in folder: URL? = nil, onLine: @Sendable (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        let result = try await run(arguments, in: folder, onLine: onLine)
        guard result.status == .exited(0) else {
            throw ToolError.failed(act: act, tool: name, status: result.status, output: result.tail())
        }
        return result
    }

    private var overrides: [Environment.Key: String?] {
        Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
    }
}

/// What a host program printed and how it ended.
package struct ToolResult: Sendable {
    package let status: ToolStatus
    /// Standard output and standard error together, without line ends.
    package let lines: [String]
    package let duration: Duration

    package var output: String { lines.joined(separator: "\n") }

    /// The last `count` lines, because a program says there why it failed.
    package func tail(_ count: Int = 20) -> String { lines.suffix(count).joined(separator: "\n") }
}

/// How a host program ended.
package enum ToolStatus: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    package var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signalled(let number): "signal \(number)"
        }
    }
}

extension ToolStatus {
    init(_ status: TerminationStatus) {
        self =
            switch status {
            case .exited(let code): .exited(code)
            case .signaled(let number): .signalled(number)
            }
    }
}

/// A host program could not be run, or ended in a way that its caller cannot use.
package enum ToolError: Error, Equatable, CustomStringConvertible {
    /// The program is not on this host, or the system refused to start it.
    case cannotStart(tool: String, reason: String)
    /// The program ran and failed; `output` is the end of what it printed.
    case failed(act: String, tool: String, status: ToolStatus, output: String)
    /// A program that builds or patches the kernel failed because the host lacked something; `said` is the program's
    /// line.
    case hostFailed(act: String, trouble: HostTrouble, said: String, log: String?)

    package var description: String {
        switch self {
        case .cannotStart(let tool, let reason):
            "cannot start \(tool): \(reason); `make setup` installs what drydock needs"
        case .failed(let act, let tool, let status, let output):
            "cannot \(act): \(tool) ended with \(status)" + (output.isEmpty ? "" : ":\n\(output)")
        case .hostFailed(let act, let trouble, let said, let log):
            "cannot \(act), because of this host, not of the kernel: \(said); \(trouble.advice), then run again"
                + (log.map { "; the whole log is \($0)" } ?? "")
        }
    }
}
