import Evidence
import Foundation
import Judgement
import Testing

@Suite("Rules for one workload")
struct WorkloadRulesTests {
    /// What the second workload wrote and how it ended, and what that makes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var ktap: String? = Samples.passingKTAP
        var status: String? = Samples.status()
        var end: String? = nil
        let word: WorkloadOutcome.Word
        let reason: String
    }

    static let cases: [Case] = [
        Case(testDescription: "ok and exit 0", word: .pass, reason: ""),
        Case(
            testDescription: "ok and exit 1", status: Samples.status("exit", 1), end: "exit 1", word: .fail,
            reason: "exit status 1 and no check failed"),
        Case(
            testDescription: "not ok and exit 0", ktap: "KTAP version 1\n1..2\nok 1 a\nnot ok 2 tail is gone\n",
            word: .fail, reason: "not ok 2 tail is gone"),
        Case(
            testDescription: "not ok and exit 1", ktap: "KTAP version 1\n1..1\nnot ok 1 tail\n",
            status: Samples.status("exit", 1), end: "exit 1", word: .fail, reason: "not ok 1 tail"),
        Case(
            testDescription: "not ok among too few results", ktap: "KTAP version 1\n1..3\nnot ok 1 tail\n", word: .fail,
            reason: "not ok 1 tail"),
        Case(
            testDescription: "not ok marked TODO", ktap: "KTAP version 1\n1..1\nnot ok 1 tail # TODO\n", word: .fail,
            reason: "not ok 1"),
        Case(
            testDescription: "not ok marked SKIP", ktap: "KTAP version 1\n1..1\nnot ok 1 tail # SKIP no\n", word: .fail,
            reason: "not ok 1"),
        Case(
            testDescription: "bailed out", ktap: "KTAP version 1\n1..2\nok 1 a\nBail out! no memory\n",
            status: Samples.status("exit", 2), end: "exit 2", word: .unproven, reason: "it bailed out: no memory"),
        Case(
            testDescription: "bailed out and exit 0", ktap: "KTAP version 1\n1..1\nok 1 a\nBail out! no memory\n",
            word: .unproven, reason: "bailed out"),
        Case(
            testDescription: "exit 2 without a word", status: Samples.status("exit", 2), end: "exit 2", word: .unproven,
            reason: "could not do its work"),
        Case(
            testDescription: "signal", status: Samples.status("signal", 11), end: "signal 11", word: .fail,
            reason: "signal 11 (SIGSEGV)"),
        Case(
            testDescription: "timeout", status: Samples.status("timeout", 9), end: "timeout", word: .hang,
            reason: "not ended after 30 s"),
        Case(
            testDescription: "cannot start", ktap: nil, status: Samples.status("cannot-start", nil),
            end: "cannot-start No such file or directory", word: .unproven, reason: "No such file or directory"),
        Case(testDescription: "no output, exit 0", ktap: nil, word: .unproven, reason: "no output"),
        Case(
            testDescription: "no output, exit 4", ktap: nil, status: Samples.status("exit", 4), end: "exit 4",
            word: .fail, reason: "exit status 4 and left no output"),
        Case(
            testDescription: "no output, exit 3", ktap: nil, status: Samples.status("exit", 3), end: "exit 3",
            word: .unproven, reason: "no output"),
        Case(
            testDescription: "unmet", ktap: "KTAP version 1\n1..1\nok 1 a\n# unmet: CPU 1 ran in 0 of 9 rounds\n",
            status: Samples.status("exit", 3), end: "exit 3", word: .unproven, reason: "CPU 1 ran in 0 of 9 rounds"),
        Case(
            testDescription: "unmet, and a check failed",
            ktap: "KTAP version 1\n1..1\nnot ok 1 a\n# unmet: CPU 1 ran in 0 of 9 rounds\n",
            status: Samples.status("exit", 1), end: "exit 1", word: .fail, reason: "not ok 1 a"),
        Case(testDescription: "empty output", ktap: "", word: .unproven, reason: "no KTAP at all"),
        Case(testDescription: "garbage", ktap: "\u{0}\u{1}ok\nok ok\n", word: .unproven, reason: "no KTAP at all"),
        Case(
            testDescription: "too few results", ktap: "KTAP version 1\n1..2\nok 1 a\n", word: .unproven,
            reason: "2 checks were planned and 1 reported"),
        Case(
            testDescription: "skipped whole", ktap: "KTAP version 1\n1..0 # SKIP no probe\n", word: .skip,
            reason: "no probe"),
        Case(
            testDescription: "every check skipped",
            ktap: "KTAP version 1\n1..2\nok 1 a # SKIP one CPU\nok 2 b # SKIP one CPU\n", word: .skip, reason: "one CPU"
        ),
        Case(
            testDescription: "skipped whole, exit 1", ktap: "KTAP version 1\n1..0 # SKIP no probe\n",
            status: Samples.status("exit", 1), end: "exit 1", word: .fail, reason: "exit status 1"),
        Case(
            testDescription: "one check skipped", ktap: "KTAP version 1\n1..2\nok 1 a\nok 2 b # SKIP one CPU\n",
            word: .pass, reason: ""),
        Case(testDescription: "no status", status: nil, word: .unproven, reason: "left no status file"),
        Case(
            testDescription: "no status, console says 1", status: nil, end: "exit 1", word: .fail,
            reason: "exit status 1"),
        Case(
            testDescription: "no status, a check failed", ktap: "KTAP version 1\n1..1\nnot ok 1 tail\n", status: nil,
            word: .fail, reason: "not ok 1 tail"),
        Case(testDescription: "status says 0, console 1", end: "exit 1", word: .unproven, reason: "different endings"),
        Case(testDescription: "status says 0, console timeout", end: "timeout", word: .hang, reason: "30 s"),
        Case(testDescription: "status unclear", status: "hello", word: .unproven, reason: "different endings"),
    ]

    @Test("what it wrote and how it ended", arguments: cases)
    func outcome(_ example: Case) {
        let console = Samples.cleanConsole.replacing(
            "drydock: end 2/2 notifier exit 0", with: "drydock: end 2/2 notifier \(example.end ?? "exit 0")")
        let files = Samples.files(["02-notifier.ktap": example.ktap, "02-notifier.status": example.status])
        let guest = Judge.judge(Samples.evidence(console: console, results: .read(files)))
        #expect(guest.workloads[1].outcome.word == example.word)
        let reasons = guest.workloads[1].outcome.reasons.joined(separator: "; ")
        #expect(example.reason.isEmpty ? reasons.isEmpty : reasons.contains(example.reason))
        #expect(guest.workloads[0].outcome == .pass)
        if example.word != .pass, example.word != .skip {
            #expect(Verdict(target: "t", guests: [guest]).conclusion.answer != .passed)
        }
    }

    @Test("the rest of what it wrote is kept")
    func kept() {
        let verdict = Judge.judge(Samples.evidence()).workloads[0]
        #expect(verdict.checks == CheckCounts(passed: 2))
        #expect(verdict.figures == [Figure(name: "faults", value: 1024, unit: "pages")])
        #expect(verdict.milliseconds == 120)
        #expect(verdict.notes.isEmpty)
    }

    @Test("a seed other than the planned one is reported")
    func seed() {
        let files = Samples.files(["01-truncate.ktap": Samples.passingKTAP.replacing("seed 1", with: "seed 7")])
        #expect(
            Judge.judge(Samples.evidence(results: .read(files))).workloads[0].notes.first?.contains("seed 7") == true)
    }

    @Test("after a crash the rest is lost, and says why")
    func lost() {
        let console =
            Samples.cleanConsole.components(separatedBy: "drydock: end 1/2")[0]
            + "[    2.413412] BUG: kernel NULL pointer dereference, address: 0000000000000010\n"
        let guest = Judge.judge(
            Samples.evidence(ending: .destroyedAfterFatalConsole, console: console, results: .read([:])))
        #expect(guest.workloads.map(\.outcome.word) == [.crash, .lost])
        #expect(guest.machine.state == .died)
        #expect(guest.workloads[1].outcome.reasons[0].contains("oops"))
    }

    @Test("a machine that hangs in the second workload does not make the first a hang")
    func hangElsewhere() {
        let console = "drydock: init\ndrydock: begin 1/2 truncate\ndrydock: begin 2/2 notifier\n"
        let guest = Judge.judge(
            Samples.evidence(ending: .destroyedAtDeadline(limitSeconds: 90), console: console, results: .read([:])))
        #expect(guest.workloads.map(\.outcome.word) == [.unproven, .hang])
    }
}
