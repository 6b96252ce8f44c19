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
        let (guests, emulator) = try await guests(of: original, workspace, machine)
        let run = try directory(for: original, workspace)
        return try await withMachine(machine, emulator, at: connection, workspace) { machine in
            var replayed: [Guest] = []
            for guest in guests { replayed.append(try await replay(guest, in: run, machine, log)) }
            return Replay(original: original.url, run: run.url, guests: replayed)
        }
    }

    /// Runs `body` with `given`, or else with what boots deterministic guests on this host.
    static func withMachine<Value: Sendable>(
        _ given: (any GuestMachine)?, _ emulator: Emulator, at connection: String?, _ workspace: Workspace,
        _ body: (any GuestMachine) async throws -> Value
    ) async throws -> Value {
        let accelerator = Accelerator(kind: .tcg, reason: "only TCG can count instructions")
        let host = GuestHost(emulator: emulator.program, accelerator: accelerator, deterministic: emulator)
        return try await HostMachine.with(or: given, at: connection, workspace, host: { host }, body)
    }

    /// The run's deterministic guests, and the QEMU that ran them; all as they were.
    static func guests(
        of original: RunDirectory, _ workspace: Workspace, _ machine: (any GuestMachine)? = nil
    ) async throws -> ([RecordedGuest], Emulator) {
        // A guest that ran a workload again by turns may be one among other guests.
        let records = try original.header().guests.compactMap { guest in
            try original[guest].machine().map { (original[guest], $0) }
        }
        if records.isEmpty { throw ReplayError.notDeterministic(run: original.url.path) }
        let given = machine?.host.deterministic
        let emulator = if let given { given } else { try await GuestHost.deterministicEmulator(workspace) }
        let guests = try records.map { folder, record in
            try check(record, emulator, folder)
            return RecordedGuest(record: record, plan: try folder.evidence().plan, files: folder, emulator: emulator)
        }
        return (guests, emulator)
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
        _ guest: RecordedGuest, in run: RunDirectory, _ machine: any GuestMachine, _ log: StageLog
    ) async throws -> Guest {
        let name = guest.files.guest
        let before = Recording(try guest.files.evidence())
        try await log.run(.boot, name) { now in
            let boot = try await guest.boot(into: run[name], on: machine, onProgress: now)
            let summary = "replayed under TCG of QEMU \(guest.emulator.version)"
            return ((), .init(summary: summary, guestSeconds: boot.seconds))
        }
        let after = Recording(try run[name].evidence())
        return Guest(
            guest: name, difference: before.difference(to: after), consoleLines: after.lines.console,
            traceLines: after.lines.trace, lastEventNanoseconds: after.lastEventNanoseconds,
            isLost: before.isLost || after.isLost)
    }
}

/// A deterministic guest that is booted from the files in a run directory, without a target or a build.
struct RecordedGuest: Sendable {
    let record: MachineRecord
    let plan: BootPlan
    /// Its kernel and its initramfs.
    let files: GuestFolder
    let emulator: Emulator

    /// Boots it and keeps everything that it leaves.
    /// - Parameter folder: may be `files`.
    func boot(
        into folder: GuestFolder, on machine: any GuestMachine, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> BootRecord {
        try folder.write(plan: plan)
        try folder.write(machine: record)
        let boot = try await machine.boot(
            MachineSpec(record, booting: files, into: folder, emulator),
            limits: BootLimits(of: plan, bootSeconds: record.bootSeconds), onProgress: onProgress)
        try folder.write(boot: boot)
        try folder.write(results: machine.read(archive: folder[.archive]))
        try? Files.remove(folder[.archive])
        return boot
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
