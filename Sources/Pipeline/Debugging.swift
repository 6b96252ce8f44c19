import Evidence
import Foundation
import HostTools
import Judgement
import Machine

/// A deterministic guest once more, under gdb: what it does until then is what it did.
package enum Debugging {
    /// What a guest is stopped before: the next thing that happens is the take.
    private static let function = "mm_take_all_locks"

    /// Boots the first guest of the run that failed, or else the first, stopped before the last take of all locks that
    /// its trace has, or before the first instruction where there is none, and returns when gdb has ended.
    /// - Throws: `ReplayError`, `MachineError`.
    package static func of(_ original: RunDirectory, connection: String?, workspace: Workspace) async throws {
        let gdb = HostTool("gdb")
        guard gdb.path != nil else { throw ReplayError.noDebugger }
        let (machines, emulator) = try await Replay.machines(of: original, workspace)
        let failing = try Pipeline.judge(original).guests.first { $0.workloads.contains(where: \.outcome.isFailure) }
        guard let (guest, record) = machines.first(where: { $0.guest == failing?.guest }) ?? machines.first else {
            throw ReplayError.notDeterministic(run: original.url.path)
        }
        guard let symbols = record.symbols else { throw ReplayError.noSymbols(run: original.url.path) }
        guard (try? Digest(ofFile: URL(filePath: symbols))) == record.symbolsDigest else {
            throw ReplayError.otherSymbols(file: symbols)
        }
        let takes = takes(in: try original.evidence(of: guest).trace ?? "")
        let run = try Replay.directory(for: original, workspace)
        // The path of a socket may not be longer than 107 bytes, and TMPDIR's may be.
        let socket = URL(filePath: "/tmp/drydock-gdb-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: socket) }
        let spec = MachineSpec(
            record, named: Mooring.words(guest, in: nil).joined(separator: "-"), in: original.folder(of: guest),
            of: guest, run: run, emulator, debugSocket: socket)
        let commands = commands(socket, symbols: symbols, takes: takes)
        // Not by print(), which keeps it back until gdb has ended where the output is no terminal.
        FileHandle.standardOutput.write(
            Data("console: \(spec.console.path)\ntrace: \(run.trace(of: guest).path)\n".utf8))
        try await Host.withHypervisor(at: connection, workspace) { hypervisor in
            try await hypervisor.withGuest(spec) { _ in try await gdb.handOver(["--quiet"] + commands) }
        }
    }

    /// How often the guest was about to take all locks: by HOLD, or to register.
    package static func takes(in trace: String) -> Int {
        trace.split(separator: "\n").count { line in
            let words = line.split(separator: " ")
            return words.count > 3 && (words[3] == "take" || words[3] == "register")
        }
    }

    package static func commands(_ socket: URL, symbols: String, takes: Int) -> [String] {
        let start = ["set pagination off", "set confirm off", "file \(symbols)", "target remote \(socket.path)"]
        let stop = [
            "break \(function)", "ignore 1 \(takes - 1)", "continue", "info threads", "thread apply all backtrace 8",
        ]
        return (start + (takes == 0 ? [] : stop)).flatMap { ["--eval-command", $0] }
    }
}
