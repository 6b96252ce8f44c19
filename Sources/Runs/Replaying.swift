import Evidence
import Files
import Foundation
import Judgement
import Machine
import Results

/// Repeats the deterministic guests of a run, with nothing but the files in its directory.
package struct Replay: Sendable {
    /// The result for one guest.
    package struct Guest: Sendable, Encodable {
        package let guest: GuestName
        /// The first difference; nil if the two are the same.
        package let difference: Recording.Difference?
        package let consoleLines: Int
        package let traceLines: Int
        /// Guest time of the probe's last event, in nanoseconds; nil if there was none.
        package let lastEventNanoseconds: UInt64?
        /// Whether the host ended it before its end.
        package let isLost: Bool
    }

    package let original: URL
    /// The new run.
    package let run: URL
    package let guests: [Guest]

    package var isReproduced: Bool { guests.allSatisfy { $0.difference == nil } }
    /// Whether the host ended a guest, then or now, and no other guest differs.
    package var isLost: Bool { guests.allSatisfy { $0.difference == nil || $0.isLost } }

    /// - Throws: `ReplayError` if the run is not deterministic, or cannot be the same here; `MachineError`.
    package static func of(
        _ original: RunDirectory, connection: String?, workspace: Workspace, log: StageLog,
        on machine: (any GuestMachine)? = nil
    ) async throws -> Replay {
        let (machines, emulator) = try await machines(of: original, workspace, machine)
        let run = try directory(for: original, workspace)
        return try await withMachine(machine, emulator, at: connection, workspace) { machine in
            var guests: [Guest] = []
            for (guest, record) in machines {
                guests.append(try await replay(guest, record, of: original, in: run, emulator, machine, log))
            }
            return Replay(original: original.url, run: run.url, guests: guests)
        }
    }

    /// Runs `body` with `given`, or else with what boots deterministic guests on this host.
    static func withMachine<Value: Sendable>(
        _ given: (any GuestMachine)?, _ emulator: Emulator, at connection: String?, _ workspace: Workspace,
        _ body: (any GuestMachine) async throws -> Value
    ) async throws -> Value {
        if let given { return try await body(given) }
        let accelerator = Accelerator(kind: .tcg, reason: "only TCG can count instructions")
        let host = GuestHost(emulator: emulator.program, accelerator: accelerator, deterministic: emulator)
        return try await GuestHost.withHypervisor(at: connection, workspace) { hypervisor in
            try await body(
                HostMachine(host: host, hypervisor: hypervisor, workspace: workspace, isHere: connection == nil))
        }
    }

    /// The run's guests with their machines, and the QEMU that ran them; all as they were.
    static func machines(
        of original: RunDirectory, _ workspace: Workspace, _ machine: (any GuestMachine)? = nil
    ) async throws -> ([(guest: GuestName, record: MachineRecord)], Emulator) {
        // A guest that ran a workload again by turns may be one among other guests.
        let machines = try original.header().guests.compactMap { guest in
            try original[guest].machine().map { (guest: guest, record: $0) }
        }
        if machines.isEmpty { throw ReplayError.notDeterministic(run: original.url.path) }
        let given = machine?.host.deterministic
        let emulator = if let given { given } else { try await GuestHost.deterministicEmulator(workspace) }
        for (guest, record) in machines { try check(record, emulator, original[guest]) }
        return (machines, emulator)
    }

    static func directory(for original: RunDirectory, _ workspace: Workspace) throws -> RunDirectory {
        let header = try original.header()
        return try RunDirectory.create(
            under: workspace.runs, target: "\(header.target)-replay", started: .now, guests: header.guests,
            isDeterministic: true, environment: header.environment)
    }

    private static func check(_ record: MachineRecord, _ emulator: Emulator, _ folder: GuestFolder) throws {
        let digest = try Digest(ofFile: emulator.binary)
        guard digest == record.emulatorDigest else {
            throw ReplayError.otherEmulator(
                made: "\(record.emulator) (\(record.emulatorDigest.short))",
                here: "\(emulator.version) (\(digest.short))")
        }
        for (part, wanted) in [(GuestFolder.File.kernel, record.kernelDigest), (.initramfs, record.initramfsDigest)] {
            let file = folder[part]
            guard let found = try? Digest(ofFile: file) else { throw ReplayError.missing(file: file.path) }
            guard found == wanted else {
                throw ReplayError.changed(file: file.path, wanted: wanted.short, found: found.short)
            }
        }
    }

    private static func replay(
        _ guest: GuestName, _ record: MachineRecord, of original: RunDirectory, in run: RunDirectory,
        _ emulator: Emulator, _ machine: any GuestMachine, _ log: StageLog
    ) async throws -> Guest {
        let before = try original[guest].evidence()
        let folder = run[guest]
        let spec = MachineSpec(record, booting: original[guest], into: folder, emulator)
        try folder.write(plan: before.plan)
        try folder.write(machine: record)
        let limits = BootLimits(of: before.plan, bootSeconds: record.bootSeconds)
        let boot = try await log.run(.boot, guest) { now in
            let boot = try await machine.boot(spec, limits: limits, onProgress: now)
            return (boot, .init(summary: "replayed under TCG of QEMU \(emulator.version)", guestSeconds: boot.seconds))
        }
        try folder.write(boot: boot)
        try folder.write(results: machine.read(archive: folder[.archive]))
        let after = Recording(try folder.evidence())
        return Guest(
            guest: guest, difference: Recording(before).difference(to: after), consoleLines: after.lines.console,
            traceLines: after.lines.trace, lastEventNanoseconds: after.lastEventNanoseconds,
            isLost: Recording(before).isLost || after.isLost)
    }
}

/// A run cannot be replayed here.
package enum ReplayError: Error, Equatable, CustomStringConvertible {
    case notDeterministic(run: String)
    case otherEmulator(made: String, here: String)
    case missing(file: String)
    case changed(file: String, wanted: String, found: String)
    case noFailure(test: String)
    case noDebugger
    case noTake(run: String, notAfter: Double)
    case otherSymbols(file: String)
    case noSymbols(run: String)
    case nothingToMinimise(run: String)

    package var description: String {
        switch self {
        case .notDeterministic(let run):
            "cannot replay \(run): it was not made with --deterministic, so the run depended on its host; "
                + "`drydock test --repeat` shows how often the failure occurs"
        case .otherEmulator(let made, let here):
            "cannot replay: the run was made with QEMU \(made), but here is QEMU \(here); "
                + "another QEMU gives another run"
        case .missing(let file): "cannot replay: \(file) does not exist or is not readable"
        case .changed(let file, let wanted, let found):
            "cannot replay: \(file) is not the file that was booted: its SHA-256 begins with \(found), not \(wanted)"
        case .noFailure(let test):
            "no deterministic run of \(test) failed; name the one to replay, such as \(test)/seed-1"
        case .noDebugger: "cannot debug: there is no program gdb; install the package gdb"
        case .noTake(let run, let latest):
            "cannot stop \(run) before \(latest) s of the guest's time: its trace has no "
                + "mm_take_all_locks before that time; "
                + "trace.log has the times, in nanoseconds"
        case .otherSymbols(let file):
            "cannot debug: \(file) no longer exists, or belongs to another kernel; build the run's kernel again,  "
                + "or leave out --gdb"
        case .nothingToMinimise(let run): "cannot minimise \(run): none of its workloads failed"
        case .noSymbols(let run):
            "cannot debug \(run): a mutant's tree is reused for the next mutant; leave out --gdb, or test the "
                + "mutant as the last patch of the series"
        }
    }
}
