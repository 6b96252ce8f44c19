import Evidence
import Files
import Foundation
import HostTools
import KernelSources
import Targets

/// The compiler and linker, and what make is told about them.
package struct Toolchain: Sendable {
    /// The first line of the compiler's `--version`.
    package let compiler: String
    /// The first line of the linker's `--version`.
    private let linker: String
    /// The same of the compiler of host programs, because those write parts of the kernel.
    private let hostCompiler: String
    /// The compiler wrapper; nil with a period compiler, which builds an old tree as it is.
    let front: CompilerFront?
    /// The wrapper of the compiler of host programs, which is always this host's own.
    private let hostFront: CompilerFront?
    /// The compiler that the user asked for instead of this host's.
    let period: PeriodToolchain?
    /// The prefix of the names of its programs, for make.
    private let prefix: String?
    let chroot: Chroot?
    /// The variables in the target's description.
    private let makeArguments: [String]
    private let hasCompilerCache: Bool
    /// Whether make can hold back a target's output until the target is done; it can since 4.0.
    let makeSortsOutput: Bool

    /// Asks the programs of this host, or of a chroot.
    /// - Parameter period: replaces the host's compiler and its wrapper; a chroot also replaces the host wrapper.
    /// - Throws: `BuildError.noCompiler`, or the reason why a wrapper could not be read or a chroot not be entered.
    package static func find(
        _ target: Target, cache: KernelCache, period: PeriodToolchain? = nil
    ) async throws -> Toolchain {
        let description = target.toolchain
        var chroot: Chroot?
        var makeSortsOutput = true
        if let root = period?.root {
            chroot = try await Chroot(URL(filePath: root), cache: cache)
            makeSortsOutput = sortsOutput(try await version(of: "make", in: chroot))
        }
        func front(_ name: String?) throws(FileError) -> CompilerFront? {
            guard let name else { return nil }
            return try CompilerFront(name, in: target.folder, cache: cache)
        }
        // Make runs in the tree, not in the user's working directory.
        let prefix = period?.prefix.map { $0.contains("/") && chroot == nil ? URL(filePath: $0).path : $0 }
        let described = value(of: "CC", in: description.makeArguments)
        return Toolchain(
            compiler: try await version(of: prefix.map { "\($0)gcc" } ?? described ?? "gcc", in: chroot),
            linker: try await version(of: "\(prefix ?? "")ld", in: chroot),
            hostCompiler: try await version(
                of: value(of: "HOSTCC", in: description.makeArguments) ?? "gcc", in: chroot),
            front: period == nil ? try front(description.compiler) : nil,
            hostFront: chroot == nil ? try front(description.hostCompiler) : nil, period: period, prefix: prefix,
            chroot: chroot,
            makeArguments: description.makeArguments,
            hasCompilerCache: chroot == nil && HostTool("ccache").path != nil,
            makeSortsOutput: makeSortsOutput)
    }

    /// Without the compiler cache, which changes how long a build takes and not its output.
    package var digest: Digest {
        let fronts = [("front", front), ("host front", hostFront)].compactMap { role, front in
            front.map { "\(role) \($0.digest)" }
        }
        let told =
            makeArguments + fronts + (prefix.map { ["prefix \($0)"] } ?? [])
            + (chroot.map { ["chroot \($0.folder.path)"] } ?? [])
        return Digest(inputs: [
            "compiler": compiler, "linker": linker, "host compiler": hostCompiler, "make": told.joined(separator: "\n"),
            "fixed": Self.fixed.joined(separator: "\n"),
        ])
    }

    /// Variables for make's command line.
    var variables: [String] {
        var own: [String] = []
        if let front {
            own.append("CC=\(front.program.path)")
        } else if let prefix {
            own += ["CROSS_COMPILE=\(prefix)", "CC=\(realCompiler)"]
        } else if hasCompilerCache, Self.value(of: "CC", in: makeArguments) == nil {
            own.append("CC=\(realCompiler)")
        }
        // There are few host programs, so the cache is not used for them.
        if let hostFront {
            let real = Self.value(of: "HOSTCC", in: makeArguments) ?? "gcc"
            own.append("HOSTCC=env DRYDOCK_CC='\(real)' \(hostFront.program.path)")
        }
        let taken = own.map { $0.prefix { $0 != "=" } }
        return Self.fixed + own + makeArguments.filter { !taken.contains($0.prefix { $0 != "=" }) }
    }

    /// The environment of the programs that make starts.
    var environment: [String] { ["DRYDOCK_CC=\(realCompiler)"] }

    private var realCompiler: String {
        let cache = hasCompilerCache ? "ccache " : ""
        if let prefix { return "\(cache)\(prefix)gcc" }
        // A compiler that the description names is used as it is.
        return Self.value(of: "CC", in: makeArguments) ?? "\(cache)gcc"
    }

    /// Settings for the same bytes from the same sources: no clock, user or host name, and no `+` from a repository
    /// around the tree.
    private static let fixed = [
        "KBUILD_BUILD_TIMESTAMP=Thu Jan 1 00:00:00 UTC 1970", "KBUILD_BUILD_VERSION=1", "KBUILD_BUILD_USER=drydock",
        "KBUILD_BUILD_HOST=drydock", "LOCALVERSION=",
    ]

    private static func value(of variable: String, in arguments: [String]) -> String? {
        arguments.last { $0.hasPrefix("\(variable)=") }.map { String($0.dropFirst(variable.count + 1)) }
    }

    private static func version(of command: String, in chroot: Chroot?) async throws -> String {
        let words = command.split(separator: " ").map(String.init)
        guard chroot != nil || HostTool(words.first ?? command).path != nil else {
            throw BuildError.noCompiler(command: command)
        }
        let question = words + ["--version"]
        let result = try await HostTool("env", environment: ["LC_ALL": "C"]).run(
            chroot?.words(question, in: "/") ?? question)
        // chroot(8) and the shell: cannot be executed, or does not exist.
        if let chroot, result.status == .exited(126) || result.status == .exited(127) {
            throw BuildError.notInChroot(program: command, path: chroot.folder.path)
        }
        guard result.status == .exited(0) else {
            throw ToolError.failed(
                act: "ask \(command) for its version", tool: command, status: result.status, output: result.tail())
        }
        return result.lines.first ?? command
    }

    /// - Parameter version: such as `GNU Make 3.81`.
    private static func sortsOutput(_ version: String) -> Bool {
        guard let number = version.split(separator: " ").last, let major = number.split(separator: ".").first else {
            return false
        }
        return Int(major) ?? 0 >= 4
    }
}

extension KernelCache {
    /// Compiler wrappers by the digest of their text.
    fileprivate var toolchains: URL { folder.appending(path: "toolchains") }
}

/// A shell script of the target that is called in place of the real compiler, and finds it in `$DRYDOCK_CC`.
struct CompilerFront: Sendable {
    /// As in the target's description, such as `toolchain/cc`.
    let name: String
    let digest: Digest
    /// The script in the cache, at a path that only changes with its text, because make compares commands.
    let program: URL

    /// Puts the script into the cache if it is not there yet.
    init(_ name: String, in folder: URL, cache: KernelCache) throws(FileError) {
        let text = try Files.read(folder.appending(path: name))
        self.name = name
        digest = Digest(of: text)
        let place = cache.toolchains.appending(path: digest.short)
        program = place.appending(path: URL(filePath: name).lastPathComponent)
        // The text is short, so it is compared, whatever may have changed it.
        if (try? Data(contentsOf: program)) == text { return }
        try Files.remove(program)
        let partial = cache.toolchains.appending(path: "\(digest.short).\(UUID().uuidString)")
        let script = partial.appending(path: program.lastPathComponent)
        try Files.write(text, to: script)
        defer { try? Files.remove(partial) }
        try Files.attempt("write", script) {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        }
        do {
            try Files.createFolder(place)
            try Files.move(script, to: program)
        } catch {
            // Another drydock wrote the same text first.
            guard Files.exists(program) else { throw error }
        }
    }
}
