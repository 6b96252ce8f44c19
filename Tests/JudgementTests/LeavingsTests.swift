import Evidence
import Foundation
import Judgement
import Report
import Testing

@Suite("What is left behind in the kernel")
struct LeavingsTests {
    /// Evidence in which the second workload left what `caches` says, and init counted at the end what `all` says.
    private func evidence(
        _ subject: Subject = .patched, _ caches: String..., all: [String] = [], counted: Bool = true,
        console: String = Samples.cleanConsole, ktap: String? = nil, code: Int = 0
    ) -> BootEvidence {
        func lines(_ caches: [String]) -> String {
            caches.map { "cache.\($0)\n" }.joined() + (counted ? "counted=3\n" : "")
        }
        return Samples.evidence(
            subject, console: console,
            results: .read(
                Samples.files([
                    "01-truncate.status": Samples.status() + lines([]),
                    "02-notifier.status": Samples.status("exit", code) + lines(caches),
                    "02-notifier.ktap": ktap ?? Samples.passingKTAP,
                    "init.status": "plan=complete\nworkloads=2\n" + lines(all),
                ])))
    }

    private func workload(_ evidence: BootEvidence) -> WorkloadVerdict { Judge.judge(evidence).workloads[1] }

    @Test("a leak turns a pass into a failure that names the cache, the count and the size")
    func leak() throws {
        let verdict = workload(evidence(.patched, "mm_struct=12 412 960", "filp=50 51 256"))
        #expect(verdict.outcome == .fail(reasons: ["leak of 400 objects of mm_struct, 375 KiB"]))
        #expect(verdict.leaks == [Leak(cache: "mm_struct", count: 400, bytes: 384_000)])
        #expect(try #require(verdict.leaks).allSatisfy { $0.kind == .leak })
    }

    @Test(
        "a growth that a correct kernel may show is none",
        arguments: [
            ("mm_struct", 32), ("task_struct", 32), ("vm_area_struct", 32), ("kmalloc-64", 128), ("size-256", 128),
        ])
    func noise(_ cache: String, most: Int) {
        #expect(workload(evidence(.patched, "\(cache)=5 \(5 + most) 64")).outcome == .pass)
        #expect(workload(evidence(.patched, "\(cache)=5 \(5 + most) 64")).leaks == nil)
        #expect(workload(evidence(.patched, "\(cache)=5 \(6 + most) 64")).leaks?.map(\.count) == [most + 1])
        #expect(workload(evidence(.patched, "\(cache)=5000 5 64")).outcome == .pass)
    }

    @Test(
        "lines that init cannot have written say nothing",
        arguments: ["mm_struct=0 9000", "mm_struct=0 x 8", "mm_struct=0 9000 -8", "mm_struct=0 9999999999999999 8"])
    func malformed(_ line: String) {
        #expect(workload(evidence(.patched, line)).outcome == .pass)
    }

    @Test("a run in which init did not count has no leaks")
    func notCounted() {
        #expect(workload(evidence(.patched, "mm_struct=0 9000 960", counted: false)).leaks == nil)
    }

    @Test("it is one more reason for a failure, and changes no crash and no hang")
    func otherOutcomes() {
        let cache = "mm_struct=0 400 960"
        let failed = workload(
            evidence(
                .patched, cache, console: Samples.cleanConsole.replacing("notifier exit 0", with: "notifier exit 1"),
                ktap: "KTAP version 1\n1..1\nnot ok 1 range\n", code: 1))
        #expect(failed.outcome.reasons == ["not ok 1 range", "leak of 400 objects of mm_struct, 375 KiB"])
        let skipped = workload(evidence(.patched, cache, ktap: "KTAP version 1\n1..0 # SKIP no probe\n"))
        #expect(skipped.outcome.word == .fail)
        let oops = "[    2.413412] BUG: kernel NULL pointer dereference, address: 0000000000000010\ndrydock: end 2/2"
        let crashed = evidence(
            .patched, cache, console: Samples.cleanConsole.replacing("drydock: end 2/2", with: oops))
        #expect(workload(crashed).outcome.word == .crash)
    }

    @Test("after a death of the kernel a leak says nothing")
    func afterDeath() {
        let oops =
            "[    2.413412] BUG: kernel NULL pointer dereference, address: 0000000000000010\ndrydock: end 1/2 truncate"
        let dead = evidence(
            .patched, "mm_struct=0 400 960", all: ["mm_struct=0 400 960"],
            console: Samples.cleanConsole.replacing("drydock: end 1/2 truncate", with: oops))
        #expect(workload(dead).outcome.word == .unproven)
        #expect(Judge.judge(dead).leaks == nil)
    }

    @Test("on patched alone it fails the run")
    func onPatchedAlone() {
        let verdict = Samples.verdict(evidence(.base), evidence(.patched, "mm_struct=0 400 960"))
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.failing == ["notifier"])
        #expect(
            verdict.conclusion.reason
                == "notifier fails on patched (leak of 400 objects of mm_struct, 375 KiB) and passes on base")
        #expect(verdict.comparison[1].change == .broken)
        #expect(verdict.schema == 6)
    }

    @Test(
        "base leaves it behind too: the patches are not to blame",
        arguments: [
            ("mm_struct=0 400 960", Change.same, Conclusion.Answer.passed),
            ("mm_struct=0 200 960", .same, .passed), ("mm_struct=0 199 960", .differs, .failed),
            ("mm_struct=0 2 960", .broken, .failed), ("kmalloc-64=0 400 64", .differs, .failed),
        ])
    func onBaseToo(_ base: String, change: Change, answer: Conclusion.Answer) throws {
        let verdict = Samples.verdict(evidence(.base, base), evidence(.patched, "mm_struct=0 400 960"))
        #expect(verdict.comparison[1].change == change)
        #expect(verdict.conclusion.answer == answer, "\(verdict.conclusion.reason)")
        if answer == .passed {
            #expect(verdict.conclusion.reason.contains("leaking as on base: notifier"))
            let results = verdict.report().cases.map(\.result)
            #expect(results == [.passed, .knownFailure(reason: "it leaks as much on base")])
        }
    }

    /// The growth of base is not enough for a leak, that of patched just is.
    @Test("base leaves a little less behind")
    func onBaseALittleLess() {
        let verdict = Samples.verdict(
            evidence(.base, "mm_struct=0 31 960"), evidence(.patched, "mm_struct=0 33 960"))
        #expect(verdict.comparison[1].base == .pass)
        #expect(verdict.comparison[1].change == .same)
        #expect(verdict.conclusion.answer == .passed, "\(verdict.conclusion.reason)")
    }

    @Test("of several leaks, the reason is one that base does not have")
    func oneOfTwoOnBase() {
        let verdict = Samples.verdict(
            evidence(.base, "mm_struct=0 400 960"),
            evidence(.patched, "mm_struct=0 400 960", "vm_area_struct=0 50 200"))
        #expect(verdict.conclusion.reason.contains("50 objects of vm_area_struct"), "\(verdict.conclusion.reason)")
        #expect(verdict.comparison[1].change == .differs)
    }

    @Test("a workload that fails for another reason too fails, whatever base leaves behind")
    func failsAnyway() {
        let patched = evidence(
            .patched, "mm_struct=0 400 960",
            console: Samples.cleanConsole.replacing("notifier exit 0", with: "notifier exit 1"),
            ktap: "KTAP version 1\n1..1\nnot ok 1 range\n", code: 1)
        #expect(Samples.verdict(evidence(.base, "mm_struct=0 400 960"), patched).conclusion.answer == .failed)
    }

    @Test("patched leaves nothing behind any more")
    func fixed() {
        let verdict = Samples.verdict(evidence(.base, "mm_struct=0 400 960"), evidence(.patched))
        #expect(verdict.comparison[1].change == .fixed)
        #expect(verdict.conclusion.answer == .passed)
    }

    @Test("a kernel that is tested as it is has no base to share a leak with")
    func asIs() {
        #expect(Samples.verdict(evidence(.asIs, "mm_struct=0 400 960")).conclusion.answer == .failed)
    }

    @Test(
        "what all workloads together leave behind",
        arguments: [
            ([], ["mm_struct=0 60 960"], Conclusion.Answer.failed),
            (["mm_struct=0 40 960"], ["mm_struct=0 60 960"], .passed),
            (["mm_struct=0 60 960"], [], .passed), ([], ["mm_struct=0 20 960"], .passed),
        ])
    func together(_ base: [String], _ patched: [String], answer: Conclusion.Answer) {
        let verdict = Samples.verdict(evidence(.base, all: base), evidence(.patched, all: patched))
        #expect(verdict.conclusion.answer == answer, "\(verdict.conclusion.reason)")
        #expect(verdict.conclusion.failing == [])
        if answer == .failed {
            #expect(
                verdict.conclusion.reason
                    == "leak of 60 objects of mm_struct, 57 KiB after all workloads of patched, and not on base")
        }
    }

    @Test("a leak that a workload shows is told once")
    func once() {
        let verdict = Samples.verdict(
            evidence(.base), evidence(.patched, "mm_struct=0 400 960", all: ["mm_struct=0 400 960"]))
        #expect(!verdict.conclusion.reason.contains("after all workloads"))
    }

    @Test("a mutant is killed by a leak alone")
    func mutant() throws {
        let leaking = [Judge.judge(evidence(.mutant(name: nil), "kmalloc-256=7 407 256"))]
        let verdict = MutationTests.verdict((MutationTests.mutant(), leaking)).mutants[0]
        #expect(verdict.outcome == .killed)
        #expect(try #require(verdict.kills.first).reason == "leak of 400 objects of kmalloc-256, 100 KiB")
    }

    @Test("the JSON says that it is a leak, and of what")
    func json() throws {
        let text = try JSONFormat.text(
            Samples.verdict(evidence(.base), evidence(.patched, "mm_struct=0 400 960")))
        #expect(text.contains("\"kind\" : \"leak\""))
        #expect(text.contains("\"cache\" : \"mm_struct\""))
        #expect(!(try JSONFormat.text(Samples.verdict(evidence(.base), evidence()))).contains("leaks"))
    }
}

@Suite("A results disk that cannot be unmounted")
struct HeldDiskTests {
    private func evidence(_ subject: Subject, isHeld: Bool) -> BootEvidence {
        Samples.evidence(
            subject,
            console: isHeld
                ? Samples.cleanConsole.replacing("drydock: done", with: "drydock: held /results\ndrydock: done")
                : Samples.cleanConsole)
    }

    @Test(
        "is a failure of patched, unless base holds it too",
        arguments: [
            (false, false, Conclusion.Answer.passed), (false, true, .failed), (true, true, .passed),
            (true, false, .passed),
        ])
    func pair(base: Bool, patched: Bool, answer: Conclusion.Answer) {
        let verdict = Samples.verdict(evidence(.base, isHeld: base), evidence(.patched, isHeld: patched))
        #expect(verdict.conclusion.answer == answer, "\(verdict.conclusion.reason)")
        #expect(verdict.guests.map { $0.machine.state == .heldDisk } == [base, patched])
        #expect(verdict.conclusion.reason.contains("unmount its results disk") == (base || patched))
        #expect(verdict.guests.flatMap(\.workloads).allSatisfy { $0.outcome == .pass })
    }

    @Test("is a failure of a kernel that was booted alone", arguments: [Subject.asIs, .patched])
    func alone(_ subject: Subject) {
        #expect(Samples.verdict(evidence(subject, isHeld: true)).conclusion.answer == .failed)
    }
}
