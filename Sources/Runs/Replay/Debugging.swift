import Console
import Evidence
import Files
import Foundation
import HostTools
import Judgement
import Machine

/// Runs a deterministic guest again, under gdb: up to that point it does the same as before.
package enum Debugging {
    /// The function before which a guest is stopped: the take is the next thing that happens.
    private static let function = "mm_take_all_locks"

    /// Boots the guest that failed first, or else the first guest, stops it before the last take of all locks in its
    /// trace, or before the first instruction if there is none, and returns when gdb has ended.
    /// - Parameters:
    ///   - latest: seconds of guest time; stops before the last take that is not later. Nil for any.
    ///   - say: receives where the guest's console and trace are, before gdb starts.
    ///   - atTheTerminal: runs its argument, which is gdb with the terminal.
    /// - Throws: `ReplayError`, `MachineError`.
    package static func of(
        _ original: RunDirectory, notAfter latest: Double? = nil, connection: String?, workspace: Workspace,
        say: (String) -> Void, atTheTerminal: (() async throws -> Void) async throws -> Void
    ) async throws {
        let gdb = HostTool("gdb")
        guard gdb.path != nil else { throw ReplayError.noDebugger }
        let (guests, _) = try await Replay.guests(of: original, workspace)
        let failing = try ComparisonTest.judge(original).guests.first {
            $0.workloads.contains(where: \.outcome.isFailure)
        }
        guard let guest = guests.first(where: { $0.files.guest == failing?.guest }) ?? guests.first else {
            throw ReplayError.notDeterministic(run: original.url.path)
        }
        let record = guest.record
        guard let symbols = record.symbols else { throw ReplayError.noSymbols(run: original.url.path) }
        guard (try? Digest(ofFile: URL(filePath: symbols))) == record.symbolsDigest else {
            throw ReplayError.otherSymbols(file: symbols)
        }
        let takes = takes(in: try guest.files.evidence().trace ?? "", notAfter: latest)
        if let latest, takes == 0 { throw ReplayError.noTake(run: original.url.path, notAfter: latest) }
        let run = try Replay.directory(for: original, workspace)
        // The path of a socket can have at most 107 bytes, and one in TMPDIR may be longer.
        let socket = URL(filePath: "/tmp/drydock-gdb-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: socket) }
        let folder = run[guest.files.guest]
        let spec = MachineSpec(record, booting: guest.files, into: folder, guest.emulator, debugSocket: socket)
        let script = run[.debugger]
        try Files.write(Data(commands(socket, symbols: symbols, takes: takes).utf8), to: script)
        say("console: \(spec.console.path)\ntrace: \(folder[.trace].path)")
        try await GuestHost.withHypervisor(at: connection, workspace) { hypervisor in
            try await hypervisor.withGuest(spec) { _ in
                try await atTheTerminal { try await gdb.handOver(["--quiet", "--command", script.path]) }
            }
        }
    }

    /// How often the guest was about to take all locks: by HOLD, or to register.
    package static func takes(in trace: String, notAfter latest: Double? = nil) -> Int {
        trace.split(separator: "\n").count { line in
            guard let event = TraceEvent(line), event.takesAllLocks else { return false }
            // To the microsecond, as drydock prints them.
            return latest.map { Double(event.nanoseconds / 1000) <= ($0 * 1e6).rounded() } ?? true
        }
    }

    /// The first commands for gdb; they also define a command `tasks` for the user.
    package static func commands(_ socket: URL, symbols: String, takes: Int) -> String {
        let start = """
            set pagination off
            set confirm off
            file "\(symbols)"
            target remote \(socket.path)
            define tasks
            thread apply all -s printf "%s, pid %d\\n", \(task)->comm, \(task)->pid
            thread apply all backtrace 8
            end
            document tasks
            Each processor's task, where the kernel is 2.6.18 with debugging information, and what it does.
            end

            """
        guard takes > 0 else { return start }
        return start + """
            break \(function)
            ignore $bpnum \(takes - 1)
            continue
            tasks

            """
    }

    /// The task of the CPU that gdb looks at, while the CPU is in the kernel, from x86_64's per-CPU data of 2.6.18.
    private static let task = "((struct x8664_pda *) $gs_base)->pcurrent"
}
