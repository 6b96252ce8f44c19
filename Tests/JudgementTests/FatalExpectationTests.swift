import Evidence
import Foundation
import Judgement
import Testing

@Suite("A workload that must crash or hang its guest")
struct FatalExpectationTests {
    private static let bug = """
        Kernel BUG at mm/mmap.c:2178
        invalid opcode: 0000 [1] SMP
        RIP: 0010:[<ffffffff802a1e61>]  [<ffffffff802a1e61>] FUNCTION+0x21/0x12a
        Code: 0f 0b 68 8f 8a 4e 80 c2 82 08 48 8b 47 08
        RIP  [<ffffffff802a1e61>] FUNCTION+0x21/0x12a
         RSP <ffff81000d0a5e98>

        """
    private static let oops = """
        Unable to handle kernel NULL pointer dereference at 0000000000000008 RIP:
         [<ffffffff802a1e61>] mm_take_all_locks+0x21/0x12a
        Oops: 0000 [1] SMP
        Code: 0f 0b 68 8f 8a 4e 80 c2 82 08 48 8b 47 08

        """
    private static let stack = """
        drydock: a process of this workload cannot be killed
        lone-take     D ffff81000e1c1d60     0   412      1
        Call Trace:
         [<ffffffff80260d1f>] __mutex_lock_slowpath+0x62/0x9a
         [<ffffffff802a1e61>] FUNCTION+0x21/0x12a

        """
    private static let dies = Evidence.Expectation.death(
        kinds: [.bug], functions: ["mm_drop_all_locks", "mm_take_all_locks"])
    private static let hangs = Evidence.Expectation.hang(functions: ["mm_take_all_locks"])

    private static func bug(in function: String) -> String { bug.replacing("FUNCTION", with: function) }
    private static func stack(in function: String) -> String { stack.replacing("FUNCTION", with: function) }

    /// One guest whose only workload ended so, with `console` between its begin and its end.
    private func judge(
        _ expectation: Evidence.Expectation, _ console: String, ended: String? = "signal 11",
        ktap: String? = "KTAP version 1\n1..1\n",
        ending: Ending = .poweredOff, known: KnownFinding? = nil, before: String = "", after: String = ""
    ) -> GuestVerdict {
        let words = ended?.split(separator: " ").map(String.init) ?? []
        var files: [String: Data] = [:]
        if let ktap { files["01-lone.ktap"] = Data(ktap.utf8) }
        if let word = words.first {
            files["01-lone.status"] = Data(Samples.status(word, words.count > 1 ? Int(words[1]) : 9).utf8)
            files["init.status"] = Data("plan=complete\nworkloads=1\n".utf8)
        }
        let end = ended.map { "drydock: end 1/1 lone \($0)\n\(after)drydock: done\n" } ?? after
        return Judge.judge(
            BootEvidence(
                plan: BootPlan(
                    target: "t", guest: GuestName(.patched, alone: "lone"),
                    workloads: [PlannedWorkload(name: "lone", expectation: expectation, known: known)]),
                boot: BootRecord(ending: ending, seconds: 5, secondsToInit: 2, accelerator: "tcg"),
                console: "\(before)drydock: init\ndrydock: begin 1/1 lone\n\(console)\(end)", results: .read(files)))
    }

    private func outcome(_ guest: GuestVerdict) -> WorkloadOutcome { guest.workloads[0].outcome }

    @Test("passes by the death that was expected, at each of the functions")
    func expectedDeath() {
        for function in ["mm_take_all_locks", "mm_drop_all_locks"] {
            let guest = judge(Self.dies, Self.bug(in: function))
            #expect(outcome(guest) == .pass)
            #expect(guest.machine.state == .asExpected)
            #expect(guest.machine.reason.contains("kernel BUG in \(function)"))
            #expect(Verdict(target: "t", guests: [guest]).conclusion.answer == .passed)
        }
    }

    @Test("passes if the guest did not survive it, whatever it printed then")
    func expectedDeathOfTheMachine() {
        let guest = judge(
            Self.dies, Self.bug(in: "mm_take_all_locks"), ended: nil, ktap: nil, ending: .destroyedAfterFatalConsole,
            after: "BUG: soft lockup detected on CPU#1!\nKernel panic - not syncing: Attempted to kill init!\n")
        #expect(outcome(guest) == .pass)
        #expect(Verdict(target: "t", guests: [guest]).conclusion.answer == .passed)
    }

    @Test("fails by the same kind of death in another function")
    func deathElsewhere() {
        let guest = judge(Self.dies, Self.bug(in: "vma_adjust"))
        #expect(outcome(guest).word == .crash)
        #expect(
            outcome(guest).reasons[0].hasSuffix(
                "where kernel BUG in mm_drop_all_locks or mm_take_all_locks was expected"))
        #expect(guest.machine.state == .survived)
        #expect(Verdict(target: "t", guests: [guest]).conclusion.failing == ["lone"])
    }

    @Test("fails by another kind of death in that function, and by one that came first")
    func otherDeath() {
        #expect(outcome(judge(Self.dies, Self.oops)).word == .crash)
        #expect(outcome(judge(Self.dies, Self.oops + Self.bug(in: "mm_take_all_locks"))).word == .crash)
    }

    @Test("fails by the expected death if a warning came first, and passes if the warning is expected too")
    func warningBeforeDeath() {
        let warning = "WARNING: at include/linux/mmap_lock.h:161 mm_take_all_locks+0x1a9/0x2c0\n"
        let both = warning + Self.bug(in: "mm_take_all_locks")
        let late = judge(Self.dies, both)
        #expect(outcome(late).word == .crash)
        #expect(
            outcome(late).reasons.first?.hasSuffix(
                "mm_take_all_locks, with no warning in mm_take_all_locks before it, was expected") == true)
        let either = Evidence.Expectation.death(kinds: [.bug, .warning], functions: ["mm_take_all_locks"])
        #expect(outcome(judge(either, both)) == .pass)
    }

    @Test("fails by the expected end if a check before it is not ok", arguments: [dies, hangs])
    func failedCheckBeforeTheEnd(_ expectation: Evidence.Expectation) {
        let ktap = "KTAP version 1\n1..2\nnot ok 1 a take as it should be returns\n"
        let dead = expectation == Self.dies
        let guest = judge(
            expectation, dead ? Self.bug(in: "mm_take_all_locks") : Self.stack(in: "mm_take_all_locks"),
            ended: dead ? "signal 11" : "timeout", ktap: ktap)
        #expect(outcome(guest).word == .fail)
        #expect(outcome(guest).reasons.first == "not ok 1 a take as it should be returns")
        #expect(outcome(guest).reasons.last?.hasSuffix("ended it all the same") == true)
        #expect(Verdict(target: "t", guests: [guest]).conclusion.failing == ["lone"])
    }

    @Test("fails if nothing dies")
    func noDeath() {
        let passed = judge(Self.dies, "", ended: "exit 0", ktap: "KTAP version 1\n1..1\nok 1 it came back\n")
        #expect(outcome(passed).reasons[0].hasPrefix("it passed where kernel BUG in"))
        #expect(outcome(passed).word == .fail)
        let failed = judge(Self.dies, "", ended: "exit 1", ktap: "KTAP version 1\n1..1\nnot ok 1 it came back\n")
        #expect(outcome(failed).word == .fail)
        #expect(failed.machine.state == .fine)
    }

    @Test("is skipped, lost or unproven like any other")
    func unknown() {
        let skipped = judge(Self.dies, "", ended: "exit 0", ktap: "KTAP version 1\n1..0 # SKIP no locks\n")
        #expect(outcome(skipped) == .skip(reason: "no locks"))
        #expect(outcome(judge(Self.dies, "", ended: nil, ending: .lost(reason: "killed"))).word == .lost)
        #expect(outcome(judge(Self.dies, "", ended: "exit 0", ktap: nil)).word == .unproven)
    }

    @Test("passes by a hang whose stack names the function, and by no other")
    func hang() {
        #expect(outcome(judge(Self.hangs, Self.stack(in: "mm_take_all_locks"), ended: "timeout")) == .pass)
        #expect(outcome(judge(Self.hangs, Self.stack(in: "xmm_take_all_locks"), ended: "timeout")).word == .hang)
        #expect(outcome(judge(Self.hangs, Self.stack(in: "do_exit"), ended: "timeout")).word == .hang)
        #expect(outcome(judge(Self.hangs, "", ended: "timeout")).word == .hang)
        #expect(outcome(judge(Self.hangs, Self.bug(in: "mm_take_all_locks"), ended: "timeout")).word == .crash)
        let passed = judge(Self.hangs, "", ended: "exit 0", ktap: "KTAP version 1\n1..1\nok 1 it came back\n")
        #expect(outcome(passed).word == .fail)
    }

    @Test("does not pass by a hang that the kernel reports and the workload survives")
    func hangThatPasses() {
        let lockup = "BUG: soft lockup detected on CPU#1!\n" + Self.stack(in: "mm_take_all_locks")
        let back = judge(Self.hangs, lockup, ended: "exit 0", ktap: "KTAP version 1\n1..1\nok 1 fine\n")
        #expect(outcome(back).word == .hang)
        #expect(outcome(back).reasons.first?.hasSuffix("where a hang in mm_take_all_locks was expected") == true)
        #expect(outcome(judge(Self.hangs, lockup, ended: "timeout")) == .pass)
        let stuck = judge(Self.hangs, lockup, ended: nil, ending: .destroyedAfterFatalConsole)
        #expect(outcome(stuck) == .pass)
        // The console says that it came back, its status file that it did not.
        let both = Self.stack(in: "mm_take_all_locks") + "drydock: end 1/1 lone exit 0\n"
        #expect(outcome(judge(Self.hangs, both, ended: "timeout")).word == .unproven)
    }

    private static let known = KnownFinding(reason: "one walk takes both locks", reference: "commit 7cd5a02f54f4")

    private func verdict(_ guest: GuestVerdict) -> Verdict {
        Verdict(target: "t", guests: [Judge.judge(Samples.evidence(.patched)), guest])
    }

    @Test("that is known to fail is shown as known, and everything else is judged")
    func knownFinding() {
        let hung = verdict(
            judge(.pass, "", ended: nil, ending: .destroyedAtDeadline(limitSeconds: 60), known: Self.known))
        #expect(hung.conclusion.answer == .passed)
        #expect(hung.conclusion.reason.contains("2 of 3 workloads pass on patched; known to fail, and failing: lone"))
        #expect(hung.schema == 3)
        let others = Samples.evidence(
            .patched,
            results: .read(
                Samples.files([
                    "02-notifier.ktap": "KTAP version 1\n1..1\nnot ok 1 no\n"
                ])))
        let guest = judge(.pass, "", ended: nil, ending: .destroyedAtDeadline(limitSeconds: 60), known: Self.known)
        #expect(Verdict(target: "t", guests: [Judge.judge(others), guest]).conclusion.failing == ["notifier"])
    }

    @Test("that is known to fail hides nothing that the kernel said before it")
    func troubleBeforeAKnownFinding() {
        let oops = "[    0.712004] BUG: unable to handle page fault for address: ffffffffdeadbeef\n"
        func guest(before: String = "", after: String = "") -> GuestVerdict {
            judge(.pass, "", ended: "timeout", known: Self.known, before: before, after: after)
        }
        #expect(verdict(guest(after: oops)).conclusion.answer == .passed)
        let verdict = verdict(guest(before: oops))
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.reason.contains("oops on the patched lone console outside the workloads, line 1"))
    }

    @Test("that was known to fail and passes turns the verdict red")
    func knownFindingThatIsGone() {
        let passed = verdict(
            judge(
                .pass, "", ended: "exit 0", ktap: "KTAP version 1\n# seed 1\n1..1\nok 1 fine\n", known: Self.known))
        #expect(passed.conclusion.answer == .failed)
        #expect(passed.conclusion.failing == ["lone"])
        #expect(passed.conclusion.reason.contains("passes on patched though it is known to fail there"))
    }
}
