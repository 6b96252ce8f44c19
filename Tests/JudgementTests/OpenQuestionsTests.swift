import Evidence
import Foundation
import Testing

@testable import Judgement

/// What is unproven is run once more, and what another workload's death took along is run in a fresh guest.
@Suite("Workloads that are run again") struct OpenQuestionsTests {
    private static let unmet = "KTAP version 1\n1..1\nok 1 a\n# unmet: CPU 1 touched the mapping during 0 of 640 cuts\n"
    private static let died = """
        drydock: init
        drydock: begin 1/2 truncate
        [    9.000000] kernel BUG at mm/mmap.c:1!
        """

    private func questions(_ evidence: BootEvidence...) -> OpenQuestions {
        OpenQuestions(
            evidence.map(Judge.judge), plans: evidence.map(\.plan),
            endings: Dictionary(uniqueKeysWithValues: evidence.map { ($0.plan.guest, $0.boot.ending) }))
    }

    private static func unmetFirst(_ subject: Subject = .patched, again: Int? = nil) -> BootEvidence {
        let plan = again == nil ? ["truncate", "notifier"] : ["truncate"]
        return Samples.evidence(
            subject, again: again, plan: plan,
            console: again == nil
                ? Samples.cleanConsole.replacing("truncate exit 0", with: "truncate exit 3")
                : "drydock: init\ndrydock: begin 1/1 truncate\ndrydock: end 1/1 truncate exit 3\ndrydock: done\n",
            results: .read(
                Samples.files(
                    ["01-truncate.ktap": unmet, "01-truncate.status": Samples.status("exit", 3)]
                        .merging(again == nil ? [:] : ["init.status": "plan=complete\nworkloads=1\n"]) { $1 })))
    }

    /// A guest in which `truncate` alone is run and passes.
    private static func again(_ number: Int, _ plan: [String] = ["truncate"], isDeterministic: Bool = false)
        -> BootEvidence
    {
        var console = "drydock: init\n"
        var files = ["init.status": "plan=complete\nworkloads=\(plan.count)\n"]
        for (index, name) in plan.enumerated() {
            console += "drydock: begin \(index + 1)/\(plan.count) \(name)\n"
            console += "drydock: end \(index + 1)/\(plan.count) \(name) exit 0\n"
            files["0\(index + 1)-\(name).ktap"] = Samples.passingKTAP
            files["0\(index + 1)-\(name).status"] = Samples.status()
        }
        return Samples.evidence(
            again: number, plan: plan, isDeterministic: isDeterministic, console: console + "drydock: done\n",
            results: .read(files.mapValues { Data($0.utf8) }))
    }

    @Test func aRaceThatWasNotMetIsUnprovenAndNoFailure() {
        let verdict = Samples.verdict(Samples.evidence(.base), Self.unmetFirst())
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.conclusion.reason.contains("CPU 1 touched the mapping during 0 of 640 cuts"))
    }

    @Test func itIsRunOnceMoreInAGuestOfItsOwnWithMoreTime() throws {
        let single = try #require(questions(Self.unmetFirst()).singles.first)
        #expect(questions(Self.unmetFirst()).singles.count == 1)
        #expect(single.workloads.map(\.name) == ["truncate"])
        #expect(single.workloads[0].timeoutSeconds == 60)
        #expect(!single.isDeterministic)
        #expect(questions(Self.unmetFirst()).rest == nil)
    }

    @Test func whatThatSaysCounts() {
        let verdict = Samples.verdict(Samples.evidence(.base), Self.unmetFirst(), Self.again(1))
        #expect(verdict.conclusion.answer == .passed)
        #expect(verdict.comparison.map(\.patched) == [.pass, .pass])
        #expect(verdict.schema == 5)
        #expect(verdict.notes.contains { $0.contains("truncate was run again (patched/again/1)") })
        #expect(questions(Self.unmetFirst(), Self.again(1)).singles.isEmpty)
    }

    @Test func onceMoreIsOnce() {
        #expect(questions(Self.unmetFirst(), Self.unmetFirst(again: 1)).singles.isEmpty)
        let verdict = Samples.verdict(Samples.evidence(.base), Self.unmetFirst(), Self.unmetFirst(again: 1))
        #expect(verdict.conclusion.answer == .couldNotJudge)
    }

    @Test func withoutADiskASkipIsNoAnswer() {
        var again = Self.again(1, isDeterministic: true)
        again = BootEvidence(
            plan: again.plan, boot: again.boot, console: again.console,
            results: .read(
                Samples.files([
                    "01-truncate.ktap": "KTAP version 1\n1..0 # SKIP no disk\n",
                    "init.status": "plan=complete\nworkloads=1\n",
                ])))
        let verdict = Samples.verdict(Samples.evidence(.base), Self.unmetFirst(), again)
        #expect(verdict.conclusion.answer == .couldNotJudge)
    }

    @Test func whatADeathTookAlongGetsAFreshGuest() throws {
        let first = Samples.evidence(
            ending: .destroyedAfterFatalConsole, console: Self.died, results: .read([:]))
        let rest = try #require(questions(first).rest)
        #expect(rest.workloads.map(\.name) == ["notifier"])
        let verdict = Samples.verdict(Samples.evidence(.base), first, Self.again(1, ["notifier"]))
        #expect(verdict.comparison.map(\.patched) == [.crash, .pass])
        #expect(verdict.conclusion.failing == ["truncate"])
        #expect(questions(first, Self.again(1, ["notifier"])).rest == nil)
    }

    @Test func aProcessThatCannotBeKilledEndsTheGuestAndIsAHang() throws {
        let first = Samples.evidence(
            console: """
                drydock: init
                drydock: begin 1/2 truncate
                drydock: stuck 1/2 truncate
                drydock: end 1/2 truncate timeout
                drydock: stopped 1/2
                """,
            results: .read([
                "01-truncate.ktap": Data(Samples.passingKTAP.utf8),
                "01-truncate.status": Data((Samples.status("timeout", 9) + "left=unkillable\n").utf8),
            ]))
        let guest = Judge.judge(first)
        #expect(guest.machine.state == .stopped)
        #expect(guest.workloads.map(\.outcome.word) == [.hang, .lost])
        #expect(guest.workloads[0].outcome.reasons[0].contains("could not be killed"))
        #expect(try #require(questions(first).rest).workloads.map(\.name) == ["notifier"])
        let verdict = Samples.verdict(Samples.evidence(.base), first, Self.again(1, ["notifier"]))
        #expect(verdict.conclusion.failing == ["truncate"])
    }

    @Test func whatFailsAfterADeathIsNoFailureOfItsOwn() throws {
        let console = Samples.cleanConsole
            .replacing(
                "drydock: end 1/2 truncate exit 0",
                with: "[ 1.0] kernel BUG at mm/mmap.c:1!\ndrydock: end 1/2 truncate exit 0"
            )
            .replacing("notifier exit 0", with: "notifier exit 1")
        let first = Samples.evidence(
            console: console,
            results: .read(
                Samples.files([
                    "02-notifier.ktap": "KTAP version 1\n1..1\nnot ok 1 a\n",
                    "02-notifier.status": Samples.status("exit", 1),
                ])))
        let guest = Judge.judge(first)
        #expect(guest.workloads.map(\.outcome.word) == [.crash, .unproven])
        #expect(guest.workloads[1].doubt == .earlierDeath)
        #expect(try #require(questions(first).singles.first).workloads.map(\.name) == ["notifier"])
    }

    @Test func aLostMachineGetsOneMoreChanceUnlessTheTroubleLasts() {
        func lost(_ ending: Ending, again: Int? = nil) -> BootEvidence {
            Samples.evidence(again: again, ending: ending, console: "drydock: init\n", results: .read([:]))
        }
        let stopped = Ending.hostInterference(.paused(seconds: 120))
        #expect(questions(lost(stopped)).rest?.workloads.count == 2)
        #expect(questions(lost(stopped), lost(stopped, again: 1)).rest == nil)
        #expect(questions(lost(.hostInterference(.noSpace(path: "/run")))).rest == nil)
        #expect(questions(lost(.hostInterference(.noSpace(path: "/run")))).singles.isEmpty)
    }

    /// A race that a kernel loses may be won for once.
    @Test func aKnownFailureThatDidNotHappenMayBeLuck() throws {
        func known(_ code: Int, again: Int? = nil) -> BootEvidence {
            let plan = BootPlan(
                target: "t", guest: GuestName(.asIs, again: again),
                workloads: [PlannedWorkload(name: "order", known: KnownFinding(reason: "one walk", reference: "r"))])
            let files = [
                "01-order.ktap": "KTAP version 1\n1..1\n\(code == 0 ? "" : "not ")ok 1 a\n",
                "01-order.status": Samples.status("exit", code), "init.status": "plan=complete\nworkloads=1\n",
            ]
            return BootEvidence(
                plan: plan, boot: BootRecord(ending: .poweredOff, seconds: 5, secondsToInit: 2, accelerator: "tcg"),
                console:
                    "drydock: init\ndrydock: begin 1/1 order\ndrydock: end 1/1 order exit \(code)\ndrydock: done\n",
                results: .read(files.mapValues { Data($0.utf8) }))
        }
        #expect(questions(known(0)).singles.map { $0.workloads.map(\.name) } == [["order"]])
        #expect(questions(known(1)).singles.isEmpty)
        #expect(Samples.verdict(known(0), known(1, again: 1)).conclusion.answer == .passed)
        #expect(Samples.verdict(known(0), known(0, again: 1)).conclusion.failing == ["order"])
    }

    /// A boot that failed once may be QEMU's doing; a kernel that cannot boot fails in every guest.
    @Test func aKernelThatNeverReachesInitIsBootedOnceMoreAndNotForEachWorkload() throws {
        func silent(alone: String? = nil, again: Int? = nil) -> BootEvidence {
            Samples.evidence(
                alone: alone, again: again, plan: alone.map { [$0] } ?? ["truncate", "notifier"],
                ending: .neverReachedInit(limitSeconds: 60),
                console: "Linux version 6.1\n", results: .read([:]))
        }
        #expect(questions(silent()).singles.isEmpty)
        #expect(try #require(questions(silent()).rest).workloads.map(\.name) == ["truncate", "notifier"])
        #expect(questions(silent(), silent(again: 1)).rest == nil)
        #expect(questions(silent(), silent(alone: "order")).rest == nil)
        #expect(questions(Samples.evidence(), silent(alone: "order")).rest != nil)
        #expect(questions(silent(), Samples.evidence(again: 1)).rest == nil)
    }

    @Test func whatTheHostStretchedIsRunByAClockThatCountsInstructions() throws {
        let busy = SchedulingRecord(
            windows: (1...60).map { .init(end: Double($0), seconds: 1, lines: $0, ran: [0.2], waited: [0.8]) })
        let first = Samples.evidence(
            console: Samples.cleanConsole.replacing("truncate exit 0", with: "truncate timeout"),
            results: .read(Samples.files(["01-truncate.status": Samples.status("timeout", 9)])), scheduling: busy)
        let single = try #require(questions(first).singles.first)
        #expect(single.isDeterministic)
    }
}
