import Evidence
import Foundation
import Judgement
import Testing

@Suite("Rules for the verdict")
struct VerdictRulesTests {
    /// Evidence in which the second workload comes out as `word`.
    private func evidence(_ subject: Subject, _ word: WorkloadOutcome.Word) -> BootEvidence {
        func with(_ ktap: String?, _ status: String?, _ end: String) -> BootEvidence {
            Samples.evidence(
                subject,
                console: Samples.cleanConsole.replacing("notifier exit 0", with: "notifier \(end)"),
                results: .read(Samples.files(["02-notifier.ktap": ktap, "02-notifier.status": status])))
        }
        let crash = "[    2.413412] BUG: kernel NULL pointer dereference, address: 0000000000000010\ndrydock: end 2/2"
        switch word {
        case .pass: return Samples.evidence(subject)
        case .fail:
            return with("KTAP version 1\n1..1\nnot ok 1 range\n", Samples.status("exit", 1), "exit 1")
        case .skip: return with("KTAP version 1\n1..0 # SKIP no probe\n", Samples.status(), "exit 0")
        case .crash:
            return Samples.evidence(
                subject, console: Samples.cleanConsole.replacing("drydock: end 2/2", with: crash))
        case .hang: return with(Samples.passingKTAP, Samples.status("timeout", 9), "timeout")
        case .lost:
            return Samples.evidence(
                subject, ending: .lost(reason: "qemu was killed"),
                console: Samples.cleanConsole.components(separatedBy: "drydock: end 2/2")[0],
                results: .read(Samples.files(["02-notifier.ktap": nil, "02-notifier.status": nil, "init.status": nil])))
        case .unproven: return with(nil, Samples.status(), "exit 0")
        }
    }

    /// The second workload on base, on patched, what that changes, and the answer.
    static let pairs: [(WorkloadOutcome.Word, WorkloadOutcome.Word, Change, Conclusion.Answer)] = [
        (.pass, .pass, .same, .passed), (.pass, .fail, .broken, .failed), (.pass, .skip, .noLongerRuns, .failed),
        (.pass, .crash, .broken, .failed), (.pass, .hang, .broken, .failed), (.pass, .lost, .unknown, .couldNotJudge),
        (.pass, .unproven, .unknown, .failed),
        (.fail, .pass, .fixed, .passed), (.fail, .fail, .same, .failed), (.fail, .skip, .noLongerRuns, .failed),
        (.fail, .crash, .differs, .failed), (.fail, .hang, .differs, .failed),
        (.fail, .lost, .unknown, .couldNotJudge), (.fail, .unproven, .unknown, .couldNotJudge),
        (.skip, .pass, .nowRuns, .passed), (.skip, .fail, .differs, .failed), (.skip, .skip, .same, .passed),
        (.skip, .crash, .differs, .failed), (.skip, .hang, .differs, .failed),
        (.skip, .lost, .unknown, .couldNotJudge), (.skip, .unproven, .unknown, .couldNotJudge),
        (.crash, .pass, .fixed, .passed), (.crash, .fail, .differs, .failed),
        (.crash, .skip, .noLongerRuns, .failed), (.crash, .crash, .same, .failed), (.crash, .hang, .differs, .failed),
        (.crash, .lost, .unknown, .couldNotJudge), (.crash, .unproven, .unknown, .couldNotJudge),
        (.hang, .pass, .fixed, .passed), (.hang, .fail, .differs, .failed), (.hang, .skip, .noLongerRuns, .failed),
        (.hang, .crash, .differs, .failed), (.hang, .hang, .same, .failed), (.hang, .lost, .unknown, .couldNotJudge),
        (.hang, .unproven, .unknown, .couldNotJudge),
        (.lost, .pass, .unknown, .couldNotJudge), (.lost, .fail, .unknown, .failed),
        (.lost, .skip, .unknown, .couldNotJudge), (.lost, .crash, .unknown, .failed), (.lost, .hang, .unknown, .failed),
        (.lost, .lost, .unknown, .couldNotJudge), (.lost, .unproven, .unknown, .couldNotJudge),
        (.unproven, .pass, .unknown, .couldNotJudge), (.unproven, .fail, .unknown, .failed),
        (.unproven, .skip, .unknown, .couldNotJudge), (.unproven, .crash, .unknown, .failed),
        (.unproven, .hang, .unknown, .failed), (.unproven, .lost, .unknown, .couldNotJudge),
        (.unproven, .unproven, .unknown, .couldNotJudge),
    ]

    @Test("each pair of outcomes", arguments: pairs)
    func pair(
        base: WorkloadOutcome.Word, patched: WorkloadOutcome.Word, change: Change, answer: Conclusion.Answer
    ) throws {
        let verdict = Samples.verdict(evidence(.base, base), evidence(.patched, patched))
        let row = try #require(verdict.comparison.last)
        #expect(row.base == base)
        #expect(row.patched == patched)
        #expect(row.change == change)
        #expect(verdict.conclusion.answer == answer, "\(verdict.conclusion.reason)")
        #expect(verdict.conclusion.failing == (answer == .failed ? ["notifier"] : []))
        #expect(!verdict.conclusion.reason.isEmpty)
        if [.fail, .crash, .hang].contains(base), [.fail, .crash, .hang].contains(patched) {
            #expect(verdict.conclusion.reason.contains("on base too"))
        }
    }

    @Test("every pair is in the table")
    func complete() {
        #expect(Self.pairs.count == WorkloadOutcome.Word.allCases.count * WorkloadOutcome.Word.allCases.count)
    }

    @Test("one kernel alone", arguments: [Subject.base, .patched])
    func single(_ subject: Subject) {
        let passed = Samples.verdict(Samples.evidence(subject))
        #expect(passed.conclusion.answer == .passed)
        #expect(passed.conclusion.reason.contains("nothing was compared"))
        #expect(passed.comparison.allSatisfy { $0.change == nil })
        #expect(Samples.verdict(evidence(subject, .fail)).conclusion.failing == ["notifier"])
        #expect(Samples.verdict(evidence(subject, .unproven)).conclusion.answer == .couldNotJudge)
        #expect(Samples.verdict(evidence(subject, .lost)).conclusion.answer == .couldNotJudge)
        #expect(Samples.verdict(evidence(subject, .skip)).conclusion.answer == .passed)
    }

    @Test("nothing to judge")
    func nothing() {
        #expect(Verdict(target: "t", guests: []).conclusion.answer == .couldNotJudge)
        let empty = Samples.evidence(
            plan: [], console: "drydock: init\ndrydock: done\n",
            results: .read(["init.status": Data("plan=complete\nworkloads=0\n".utf8)]))
        #expect(Samples.verdict(empty).conclusion.reason == "no workload was planned")
        let skip = "KTAP version 1\n1..0 # SKIP no probe\n"
        let files = ResultFiles.read(Samples.files(["01-truncate.ktap": skip, "02-notifier.ktap": skip]))
        let skipped = Samples.verdict(Samples.evidence(.base, results: files), Samples.evidence(results: files))
        #expect(skipped.conclusion.answer == .couldNotJudge)
        #expect(skipped.conclusion.reason.contains("no probe"))
    }

    private static let warning =
        "[    0.712004] WARNING: CPU: 0 PID: 1 at arch/x86/mm/ioremap.c:99 __ioremap_caller+0x2a1/0x2f0\n"
    private static let oops = "[    0.712004] BUG: unable to handle page fault for address: ffffffffdeadbeef\n"

    @Test(
        "trouble during the boot",
        arguments: [
            (nil, nil, Conclusion.Answer.passed), (warning, nil, .passed), (nil, warning, .failed),
            (warning, warning.replacing("0x2a1", with: "0x2b7"), .passed),
            (warning, warning.replacing("ioremap", with: "iounmap"), .failed),
            (oops, nil, .passed), (nil, oops, .failed), (oops, oops, .failed),
        ])
    func boot(base: String?, patched: String?, answer: Conclusion.Answer) {
        let verdict = Samples.verdict(
            Samples.evidence(.base, console: (base ?? "") + Samples.cleanConsole),
            Samples.evidence(.patched, console: (patched ?? "") + Samples.cleanConsole))
        #expect(verdict.conclusion.answer == answer, "\(verdict.conclusion.reason)")
        #expect(verdict.notes.count == (base != nil && patched != nil && answer == .passed ? 1 : 0))
    }

    /// A console in which the second workload is told of.
    private static func console(_ report: String) -> String {
        Samples.cleanConsole.replacing("drydock: end 2/2", with: "\(report)drydock: end 2/2")
    }

    private static func oops(in function: String) -> String {
        oops + "[    0.8] RIP: 0010:\(function)+0x1/0x20\n"
    }

    private static func warning(in function: String) -> String {
        "[    0.712004] WARNING: CPU: 0 PID: 1 at mm/a.c:99 \(function)+0x2a1/0x2f0\n"
    }

    @Test(
        "a report that base makes in another function has moved",
        arguments: [
            (
                oops(in: "f"), oops(in: "g"),
                "crashes on patched (oops in g), and crashes on base too (the oops moved from f to g)"
            ),
            (oops(in: "f"), oops(in: "f"), "crashes on patched (oops in f), and crashes on base too"),
            (warning(in: "f"), warning(in: "g"), ", and fails on base too (the warning moved from f to g)"),
            // That of base is still there, and another came.
            (warning(in: "f"), warning(in: "f") + warning(in: "g"), ", and fails on base too"),
            ("", oops(in: "g"), "crashes on patched (oops in g) and passes on base"),
        ])
    func moved(base: String, patched: String, words: String) {
        let verdict = Samples.verdict(
            Samples.evidence(.base, console: Self.console(base)), Samples.evidence(console: Self.console(patched)))
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.reason.contains(words), "\(verdict.conclusion.reason)")
        #expect(verdict.conclusion.reason.contains("moved") == words.contains("moved"))
        #expect(verdict.comparison[1].change == (base.isEmpty ? .broken : base == patched ? .same : .differs))
    }

    @Test("a report outside the workloads that base makes in another function has moved")
    func movedOutside() {
        let verdict = Samples.verdict(
            Samples.evidence(.base, console: Self.warning(in: "f") + Samples.cleanConsole),
            Samples.evidence(console: Self.warning(in: "g") + Samples.cleanConsole))
        #expect(verdict.conclusion.answer == .failed)
        #expect(
            verdict.conclusion.reason.contains("outside the workloads, line 1, and the warning moved from f to g"),
            "\(verdict.conclusion.reason)")
    }

    private static func lockdep(_ words: String, _ first: String, _ second: String) -> String {
        """
        WARNING: \(words)
        notifier/84 is trying to acquire lock:
        ffff8880042f1b20 (\(first)){++++}-{3:3}, at: f+0x4a/0x210
        but task is already holding lock:
        ffff8880042f1a18 (\(second)){++++}-{3:3}, at: g+0x2b6/0x8d0

        """
    }

    @Test(
        "two reports of lockdep are one trouble only if they are about the same locks",
        arguments: [
            ("possible circular locking dependency detected", "&mm->mmap_lock", "&anon_vma->rwsem", Change.same),
            ("possible circular locking dependency detected", "&mm->mmap_lock", "&mapping->i_mmap_rwsem", .differs),
            ("possible circular locking dependency detected", "&(&zone->lock)->rlock", "&anon_vma->rwsem", .differs),
            ("possible recursive locking detected", "&mm->mmap_lock", "&anon_vma->rwsem", .differs),
        ])
    func lockReports(words: String, first: String, second: String, change: Change) {
        let known = Self.lockdep("possible circular locking dependency detected", "&mm->mmap_lock", "&anon_vma->rwsem")
        let verdict = Samples.verdict(
            Samples.evidence(.base, console: Self.console(known)),
            Samples.evidence(
                console: Self.console(Self.lockdep(words, first, second).replacing("4a/", with: "5c/"))))
        #expect(verdict.comparison[1].change == change)
        #expect(verdict.conclusion.answer == .failed)
        #expect(
            verdict.conclusion.reason.contains("base makes another: lockdep report in f") == (change == .differs),
            "\(verdict.conclusion.reason)")
    }

    @Test("if one boot of many dies before init, base may do that too")
    func dyingInOneBootOfMany() {
        let dead = Samples.evidence(
            alone: "order", plan: ["order"], ending: .neverReachedInit(limitSeconds: 60), console: Self.oops,
            results: .read([:]))
        let verdict = Samples.verdict(Samples.evidence(.base), Samples.evidence(), dead)
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.conclusion.reason.contains("in one of 2 boots"), "\(verdict.conclusion.reason)")
        let alone = Samples.verdict(
            Samples.evidence(.base),
            Samples.evidence(ending: .neverReachedInit(limitSeconds: 60), console: Self.oops, results: .read([:])))
        #expect(alone.conclusion.answer == .failed)
    }

    @Test("if base reaches init and patched does not, the patches are to blame")
    func neverReachedInit() {
        func silent(_ subject: Subject) -> BootEvidence {
            Samples.evidence(
                subject, ending: .neverReachedInit(limitSeconds: 60), console: "Linux version 6.1\n",
                results: .read([:]))
        }
        let broken = Samples.verdict(Samples.evidence(.base), silent(.patched))
        #expect(broken.conclusion.answer == .failed)
        #expect(
            broken.conclusion.reason.contains(
                "never reached init within 60 s; the last line of its console is \"Linux version 6.1\""))
        let once = Samples.verdict(Samples.evidence(.base), silent(.patched), Samples.evidence(.patched, again: 1))
        #expect(once.conclusion.answer == .passed, "\(once.conclusion.reason)")
        #expect(once.notes.contains { $0.contains("never reached init") })
        #expect(Samples.verdict(silent(.base), silent(.patched)).conclusion.answer == .couldNotJudge)
        #expect(Samples.verdict(silent(.base), Samples.evidence()).conclusion.answer == .couldNotJudge)
        #expect(Samples.verdict(silent(.patched)).conclusion.answer == .couldNotJudge)
    }

    @Test("checks that passed on base and are skipped on patched")
    func runsLess() {
        let files = Samples.files(["02-notifier.ktap": "KTAP version 1\n1..2\nok 1 a\nok 2 b # SKIP no\n"])
        let verdict = Samples.verdict(Samples.evidence(.base), Samples.evidence(results: .read(files)))
        #expect(verdict.comparison[1].change == .noLongerRuns)
        #expect(verdict.conclusion.failing == ["notifier"])
    }

    @Test("plans that differ are not compared in silence")
    func plans() {
        let one = Samples.evidence(
            .base, plan: ["truncate"],
            console: "drydock: init\ndrydock: begin 1/1 truncate\ndrydock: end 1/1 truncate exit 0\ndrydock: done\n",
            results: .read([
                "01-truncate.ktap": Data(Samples.passingKTAP.utf8), "01-truncate.status": Data(Samples.status().utf8),
                "init.status": Data("plan=complete\nworkloads=1\n".utf8),
            ]))
        let verdict = Samples.verdict(one, Samples.evidence())
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.conclusion.reason == "notifier was not planned on base")
    }

    @Test("an init.status of another plan, or of one that was not completed")
    func initStatus() {
        for text in ["plan=complete\nworkloads=3\n", "plan=complete\n", "workloads=2\n", "plan=broken\nworkloads=2\n"] {
            let verdict = Samples.verdict(Samples.evidence(results: .read(Samples.files(["init.status": text]))))
            #expect(verdict.guests[0].machine.state == .incomplete)
            #expect(verdict.conclusion.answer == .couldNotJudge)
        }
    }

    @Test("figures side by side")
    func figures() {
        let files = Samples.files(["01-truncate.ktap": Samples.passingKTAP.replacing("1024", with: "1536")])
        let verdict = Samples.verdict(Samples.evidence(.base), Samples.evidence(results: .read(files)))
        #expect(
            verdict.comparison[0].figures == [
                FigureComparison(name: "faults", unit: "pages", base: 1024, patched: 1536)
            ])
        #expect(verdict.comparison[0].figures[0].ratio == 1.5)
        #expect(FigureComparison(name: "a", unit: "ns", base: 0, patched: 1).ratio == nil)
    }
}
