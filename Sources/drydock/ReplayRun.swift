import ArgumentParser
import Evidence
import Foundation
import Judgement
import Pipeline

/// `drydock replay`.
struct ReplayRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Boot a deterministic run again, and say whether the same happened.",
        discussion: """
            Takes a run made with --deterministic, or a test of many seeds or mutants, of which it takes the first that
            failed.
            Kernel, initramfs, options, seed and QEMU's digest stand in the run's folder. Exit status 0 where console,
            trace and results are the same, 1 where they are not, 69 where it cannot be the same here.
            """)

    @OptionGroup var which: RunOptions

    @Flag(
        help: ArgumentHelp(
            "Hand over to gdb, stopped before the last mm_take_all_locks() that the run saw.",
            discussion: "The kernel's symbols are those of the tree that it was built in."))
    var gdb = false

    @Option(
        help: ArgumentHelp(
            "With --gdb: stop before the last take that was not later than this, in the guest's seconds.",
            valueName: "seconds"))
    var before: Double?

    @Flag(
        help: ArgumentHelp(
            "Do less while the same workload fails in the same way: without the others, fewer steps, fewer areas.",
            discussion: "Takes a boot for each attempt, and ends with 0 whatever it finds."))
    var minimise = false

    @Option(help: ArgumentHelp("The libvirt connection; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if gdb, common.json { throw ValidationError("--gdb hands over to a person, and --json is for machines.") }
        if let before, !(before.isFinite && before >= 0) {
            throw ValidationError("--before is a time of the guest in seconds, such as 1.216755, and not \(before).")
        }
        if before != nil, !gdb { throw ValidationError("--before says where --gdb stops, and that is not asked for.") }
        if gdb, minimise { throw ValidationError("--minimise first, then --gdb with the run it names.") }
    }

    func run() async throws {
        let workspace = try common.workspace()
        let run = try RunDirectory(opening: try Self.run(in: try which.place(common)))
        if gdb {
            return try await Debugging.of(
                run, notAfter: before, connection: connect, workspace: workspace,
                // Not by print(), which keeps it back until gdb has ended if the output is no terminal.
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

    /// The run itself, or the first that failed of a test of many.
    private static func run(in place: URL) throws -> URL {
        guard let run = try JudgedTest.runToReplay(in: place) else { throw ReplayError.noFailure(test: place.path) }
        return run
    }

    private func present(_ test: MinimisationDirectory) throws {
        let record = try test.record()
        if common.json { return try printJSON(record) }
        guard let smallest = record.smallest else {
            print("\(record.workload): nothing less than the whole run fails, in \(record.attempts.count) attempts")
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

    /// To the microsecond, which is what the clock of 2.6.18 knows.
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let micro = nanoseconds / 1000
        let digits = String(micro % 1_000_000)
        return "\(micro / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
    }
}
