import ArgumentParser
import Evidence
import Foundation
import Judgement
import Runs

/// `drydock replay`.
struct ReplayRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Boot a deterministic run again, and say whether the same happens.",
        discussion: """
            Takes a run made with --deterministic. Of a test of many seeds or mutants it takes the first run that failed.
            Kernel, initramfs, options, seed and QEMU's digest are in the run's directory. Exit status 0 if console,
            trace and results are the same, 1 if not, 69 if it cannot be the same here.
            """)

    @OptionGroup var which: RunOptions

    @Flag(
        help: ArgumentHelp(
            "Stop the guest in gdb before the last mm_take_all_locks() of the run.",
            discussion: "The kernel's symbols come from the tree that it was built in."))
    var gdb = false

    @Option(
        help: ArgumentHelp(
            "With --gdb: stop before the last mm_take_all_locks() not later than this, in seconds of guest time.",
            valueName: "seconds"))
    var before: Double?

    @Flag(
        help: ArgumentHelp(
            "Do less, as long as the same workload fails in the same way: no other workloads, fewer steps, fewer VMAs.",
            discussion: "Each attempt is one boot. The exit status is 0 whatever it finds."))
    var minimise = false

    @Option(help: ArgumentHelp("The libvirt connection; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if gdb, common.json { throw ValidationError("--gdb is for people and --json for programs: give one of them.") }
        if let before, !(before.isFinite && before >= 0) {
            throw ValidationError("--before is \(before); it must be a guest time in seconds, such as 1.216755.")
        }
        if before != nil, !gdb { throw ValidationError("--before needs --gdb.") }
        if gdb, minimise { throw ValidationError("Use --minimise first, then --gdb with the run that it names.") }
    }

    func run() async throws {
        let workspace = try common.workspace()
        let run = try RunDirectory(opening: try Self.run(in: try which.place(common)))
        if gdb {
            return try await Debugging.of(
                run, notAfter: before, connection: connect, workspace: workspace,
                // Not by print(), which would buffer it until gdb has ended if the output is not a terminal.
                say: { FileHandle.standardOutput.write(Data("\($0)\n".utf8)) },
                atTheTerminal: Interruption.leavingTheTerminal)
        }
        let display = ProgressDisplay()
        let log = StageLog(observe: display.show)
        if minimise {
            let test = try await display.during {
                try await Minimising.of(run, connection: connect, workspace: workspace, log: log)
            }
            return try present(test)
        }
        let replay = try await display.during {
            try await Replay.of(run, connection: connect, workspace: workspace, log: log)
        }
        try present(replay)
        throw replay.isReproduced ? ExitStatus.passed : replay.isLost ? .couldNotJudge : .failed
    }

    /// The run itself, or the first failed run of a test of many.
    private static func run(in place: URL) throws -> URL {
        guard let run = try JudgedTest.runToReplay(in: place) else { throw ReplayError.noFailure(test: place.path) }
        return run
    }

    private func present(_ test: MinimisationDirectory) throws {
        let record = try test.record()
        if common.json { return try printJSON(record) }
        guard let smallest = record.smallest else {
            let attempts = record.attempts.count
            print("\(record.workload): only the whole run fails in this way; \(attempts) smaller attempts did not")
            return
        }
        print("\(record.workload) fails in the same way with less, found in \(record.attempts.count) attempts:")
        print("    \(smallest.part)")
        print("Next: drydock replay \(test.place(of: smallest.run).path)")
    }

    private func present(_ replay: Replay) throws {
        if common.json { return try printJSON(replay.guests) }
        for guest in replay.guests {
            if let difference = guest.difference {
                print("\(guest.guest): not reproduced: \(difference)")
                continue
            }
            let last = guest.lastEventNanoseconds.map { nanoseconds in
                ", the last event at \(Self.seconds(nanoseconds)) s of the guest's time"
            }
            print(
                "\(guest.guest): reproduced: \(guest.consoleLines) console lines and \(guest.traceLines) events"
                    + (last ?? ""))
        }
        print("run: \(replay.run.path)")
    }

    /// To the microsecond, because that is the resolution of 2.6.18's clock.
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let micro = nanoseconds / 1000
        let digits = String(micro % 1_000_000)
        return "\(micro / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
