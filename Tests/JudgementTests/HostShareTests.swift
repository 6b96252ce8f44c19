import Evidence
import Foundation
import Testing

@testable import Judgement

/// Whose time was it: what the kernel did not do in time is its doing only if the host let it.
@Suite("What the host kept from a guest") struct HostShareTests {
    /// A second each; `waits` are those of two processors.
    private static func record(_ waits: [(Double, Double)], lines: [Int]? = nil) -> SchedulingRecord {
        SchedulingRecord(
            windows: waits.enumerated().map { index, waits in
                .init(
                    end: Double(index + 1), seconds: 1, lines: lines?[index] ?? index + 1, ran: [0.2, 0.2],
                    waited: [waits.0, waits.1])
            })
    }
    private static let quiet = record(Array(repeating: (0.02, 0.01), count: 60))
    private static let busy = record(Array(repeating: (0.1, 0.7), count: 60))

    @Test func theProcessorThatWaitedLongestIsNamed() throws {
        let withheld = try #require(HostShare(Self.busy).withheld(before: 40, for: 12))
        #expect(withheld.cause == .waited)
        #expect(withheld.processor == 1)
        #expect(withheld.words == "CPU 1 waited 70 % of those 12 s for a processor of the host")
        #expect(HostShare(Self.quiet).withheld(before: 40, for: 12) == nil)
        #expect(HostShare(nil).withheld(before: 40, for: 12) == nil)
    }

    @Test func onlyTheTimeBeforeTheReportIsLookedAt() {
        let waits = (1...60).map { $0 <= 20 ? (0.0, 0.9) : (0.0, 0.0) }
        let share = HostShare(Self.record(waits))
        #expect(share.withheld(before: 20, for: 12) != nil)
        #expect(share.withheld(before: 40, for: 12) == nil)
    }

    /// schedstat adds a wait when it is over.
    @Test func aWaitThatEndedLaterWasOneAllAlong() throws {
        let waits = (1...30).map { $0 == 21 ? (0.0, 10.0) : (0.0, 0.0) }
        let withheld = try #require(HostShare(Self.record(waits)).withheld(before: 20, for: 9))
        #expect(withheld.share == 1)
    }

    @Test(arguments: [
        (
            SchedulingRecord.Window(end: 9, seconds: 9, lines: 3, paused: 8),
            "its QEMU was stopped or frozen, or waited for the host's disk, for 89 % of those 9 s"
        ),
        (.init(end: 9, seconds: 9, lines: 3, asleep: 8), "the host slept for 89 % of those 9 s"),
        (
            .init(end: 9, seconds: 9, lines: 3, stolen: 8),
            "the host's own hypervisor took its processors for 89 % of those 9 s"
        ),
    ])
    func soDoesAHostThatSleptOrStoppedIt(_ window: SchedulingRecord.Window, _ words: String) throws {
        let share = HostShare(SchedulingRecord(windows: [window]))
        #expect(try #require(share.withheld(before: 3, for: 30)).words == words)
    }

    @Test func twoThatWaitByTurnsKeepEachOther() throws {
        let waits = (1...40).map { $0 % 2 == 0 ? (0.4, 0.0) : (0.0, 0.4) }
        #expect(try #require(HostShare(Self.record(waits)).withheld(before: 40, for: 20)).share > 0.39)
    }

    @Test func aPanicOverALockupIsTheHostsToo() {
        let report = "BUG: soft lockup - CPU#1 stuck for 12s! [truncate:77]\n[ 41.0] WARNING: at mm/mmap.c:1 f()"
        let console = Self.console(report, after: "[   42.000000] Kernel panic - not syncing: softlockup: hung tasks\n")
        let evidence = Samples.evidence(
            ending: .destroyedAfterFatalConsole, console: console, results: .read([:]),
            scheduling: Self.lines(of: Self.busy))
        #expect(Judge.judge(evidence).machine.state != .panicked)
    }

    @Test func unmetIsNoFailureEvenIfNobodyCanReadTheDisk() {
        let console = Samples.cleanConsole.replacing("truncate exit 0", with: "truncate exit 3")
        let evidence = Samples.evidence(console: console, results: .unreadable(reason: "no appliance"))
        #expect(Judge.judge(evidence).workloads[0].outcome.word == .unproven)
    }

    /// A console whose line 6 is the report.
    private static func console(_ report: String, after: String = "drydock: end 1/2 truncate exit 0\n") -> String {
        """
        drydock: init
        drydock: disk sda
        drydock: probe loaded
        drydock: begin 1/2 truncate
        [   20.000000] nothing yet
        [   40.000000] \(report)
        \(after)
        """
    }
    private static let goesOn = """
        drydock: end 1/2 truncate exit 0
        drydock: begin 2/2 notifier
        drydock: end 2/2 notifier exit 0
        drydock: done
        """
    private static let reports = [
        "BUG: soft lockup - CPU#1 stuck for 12s! [truncate:77]",
        "BUG: spinlock lockup on CPU#1, truncate/77, ffff810001",
        "INFO: task truncate:77 blocked for more than 120 seconds.",
        "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    ]
    /// Line 6 was there after 50 of 60 seconds.
    private static func lines(of record: SchedulingRecord) -> SchedulingRecord {
        SchedulingRecord(
            windows: record.windows.map {
                .init(
                    end: $0.end, seconds: 1, lines: $0.end < 50 ? 5 : Int($0.end) - 44, ran: $0.ran, waited: $0.waited)
            })
    }

    @Test(arguments: reports)
    func aLockupOnAHostThatKeptTheProcessorsIsUnproven(_ report: String) throws {
        let evidence = Samples.evidence(
            console: Self.console(report, after: Self.goesOn), scheduling: Self.lines(of: Self.busy))
        let guest = Judge.judge(evidence)
        #expect(guest.workloads.map(\.outcome.word) == [.unproven, .pass])
        #expect(guest.workloads[0].doubt == .host)
        #expect(guest.workloads[0].outcome.reasons[0].contains("CPU 1 waited 70 % of those"))
        #expect(guest.machine.state == .fine)
        #expect(Samples.verdict(evidence).conclusion.answer == .couldNotJudge)
    }

    @Test(arguments: reports)
    func onAQuietHostItIsTheKernels(_ report: String) {
        let evidence = Samples.evidence(
            console: Self.console(report, after: Self.goesOn), scheduling: Self.lines(of: Self.quiet))
        #expect(Judge.judge(evidence).workloads[0].outcome.word == .hang)
        #expect(Samples.verdict(evidence).conclusion.answer == .failed)
    }

    @Test func aDeathIsTheKernelsOnAnyHost() {
        let evidence = Samples.evidence(
            console: Self.console("kernel BUG at mm/mmap.c:1!", after: Self.goesOn),
            scheduling: Self.lines(of: Self.busy))
        #expect(Judge.judge(evidence).workloads[0].outcome.word == .crash)
    }

    @Test func aClockThatCountsInstructionsIsNoBusyHosts() {
        let evidence = Samples.evidence(
            isDeterministic: true, console: Self.console(Self.reports[0], after: Self.goesOn),
            scheduling: Self.lines(of: Self.busy))
        #expect(Judge.judge(evidence).workloads[0].outcome.word == .hang)
    }

    @Test func aGuestThatWasGivenUpThenIsStarved() {
        let evidence = Samples.evidence(
            ending: .destroyedAfterFatalConsole, console: Self.console(Self.reports[0], after: ""),
            results: .read([:]), scheduling: Self.lines(of: Self.busy))
        let guest = Judge.judge(evidence)
        #expect(guest.machine.state == .starved)
        #expect(guest.workloads.map(\.outcome.word) == [.unproven, .lost])
        #expect(Samples.verdict(evidence).conclusion.answer == .couldNotJudge)
    }

    @Test(arguments: [(busy, WorkloadOutcome.Word.unproven), (quiet, .hang)])
    func aTimeLimitCountsIfTheHostLetItRun(_ record: SchedulingRecord, _ word: WorkloadOutcome.Word) {
        let console = Samples.cleanConsole.replacing("truncate exit 0", with: "truncate timeout")
        let evidence = Samples.evidence(
            console: console, results: .read(Samples.files(["01-truncate.status": Samples.status("timeout", 9)])),
            scheduling: record)
        #expect(Judge.judge(evidence).workloads.map(\.outcome.word) == [word, .pass])
    }

    @Test(arguments: [(busy, MachineOutcome.State.starved), (quiet, .neverReachedInit)])
    func soDoesTheBootsLimit(_ record: SchedulingRecord, _ state: MachineOutcome.State) {
        let evidence = Samples.evidence(
            ending: .neverReachedInit(limitSeconds: 60), console: "Linux version 6.1\n", results: .read([:]),
            scheduling: record)
        #expect(Judge.judge(evidence).machine.state == state)
    }

    @Test(arguments: [
        HostInterference.noSpace(path: "/run/base"), .diskError(path: "/run/base"), .paused(seconds: 120),
    ])
    func whatTheHostDidIsALostMachine(_ trouble: HostInterference) {
        let evidence = Samples.evidence(
            ending: .hostInterference(trouble), console: Self.console("nothing", after: ""), results: .read([:]))
        #expect(Judge.judge(evidence).machine.state == .lost)
        let conclusion = Samples.verdict(Samples.evidence(.base), evidence).conclusion
        #expect(conclusion.answer == .couldNotJudge)
        #expect(conclusion.reason.contains(trouble.words))
    }

    /// What it printed may be a patch's debugging: nothing is known of the rest, and nothing was seen to be wrong.
    @Test func aGuestThatFloodedItsConsoleIsNoFailure() {
        let flooded = Samples.evidence(ending: .consoleFlooded(limitBytes: 16 << 20), results: .read([:]))
        let verdict = Samples.verdict(Samples.evidence(.base), flooded)
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.conclusion.reason.contains("its console had more than 16 MiB"))
    }
}
