import Evidence
import Files
import Foundation
import Judgement
import Testing

@Suite("Many seeds of one plan")
struct SeedTests {
    private static let trace = """
        # begin truncate
        1000 0 1 take 0 0
        1100 1 2 mark 5 5
        1200 0 1 held 0 0
        # end truncate
        # begin notifier
        2000 1 3 start 1000 2000
        """

    @Test("an order is which CPU did what in turn, and not when or where")
    func order() {
        let digests = Interleavings.digests(of: Self.trace)
        #expect(Set(digests.keys) == ["truncate", "notifier"])
        let later = Self.trace.replacing("1100 1", with: "1150 1")
        #expect(Interleavings.digests(of: later) == digests)
        // The addresses are chosen by the seed.
        #expect(Interleavings.digests(of: Self.trace.replacing("start 1000 2000", with: "start 3000 4000")) == digests)
        // That of a take is how often the others went round.
        #expect(Interleavings.digests(of: Self.trace.replacing("take 0 0", with: "take 9 0")) != digests)
        let other = Self.trace.replacing("1100 1 2 mark 5 5", with: "1100 0 2 mark 5 5")
        #expect(Interleavings.digests(of: other)["truncate"] != digests["truncate"])
        #expect(Interleavings.digests(of: other)["notifier"] == digests["notifier"])
        #expect(Interleavings.digests(of: "# begin truncate\n# end truncate\n").isEmpty)
    }

    private func recording(
        console: String = "a\r\nb\r\n", trace: String = "1 0 1 take 0 0\n", ending: Ending = .poweredOff,
        results: [String: String] = ["01-cut.ktap": "ok 1\n"]
    ) -> Recording {
        Recording(
            BootEvidence(
                plan: BootPlan(target: "t", guest: GuestName(.patched), workloads: []),
                boot: BootRecord(ending: ending, seconds: 1, secondsToInit: 1, accelerator: "tcg"), console: console,
                results: .read(results.mapValues { Data($0.utf8) }), trace: trace))
    }

    @Test("the first line in which two recordings differ is named, whatever ends the lines")
    func difference() throws {
        #expect(recording().difference(to: recording()) == nil)
        let console = try #require(recording().difference(to: recording(console: "a\r\nc\r\n")))
        #expect((console.part, console.line, console.first, console.second) == ("console", 2, "b", "c"))
        let trace = try #require(recording().difference(to: recording(trace: "2 0 1 take 0 0\n")))
        #expect((trace.part, trace.line) == ("trace", 1))
        let results = try #require(recording().difference(to: recording(results: ["01-cut.ktap": "ok 1\nok 2\n"])))
        #expect((results.part, results.line, results.second) == ("01-cut.ktap", 2, "ok 2"))
        #expect(recording().difference(to: recording(results: [:]))?.part == "01-cut.ktap")
        #expect("\(console)" == "line 2 of console: \"b\", then \"c\"")
    }

    @Test("a guest that the host ended is compared as far as both reach")
    func endedByHost() {
        let long = recording(console: "a\r\nb\r\nhung\r\nhung ag", ending: .destroyedAfterFatalConsole, results: [:])
        let short = recording(console: "a\r\nb\r\nhu", ending: .destroyedAfterFatalConsole, results: [:])
        #expect(long.difference(to: short) == nil)
        let other = recording(console: "a\r\nc\r\nhu", ending: .destroyedAfterFatalConsole, results: [:])
        #expect(long.difference(to: other)?.line == 2)
        // On a quicker host it came to its end within the seconds that the other was given.
        let whole = recording(console: "a\r\nb\r\nhung\r\nhung again\r\ndone\r\n")
        #expect(long.difference(to: whole) == nil)
        #expect(whole.difference(to: long) == nil)
        #expect(whole.difference(to: other)?.line == 2)
        let late = recording(
            console: "a\r\nb\r\n", ending: .destroyedAtDeadline(limitSeconds: 60), results: [:])
        #expect(whole.difference(to: late)?.part == "ending")
        // Nor is one that hung the same as one that came to its end sooner, or a lost one as any.
        #expect(long.difference(to: recording(console: "a\r\nb\r\n"))?.part == "ending")
        let lost = recording(console: "", trace: "", ending: .lost(reason: "killed"), results: [:])
        #expect(recording().difference(to: lost)?.part == "ending")
        #expect(lost.difference(to: lost)?.part == "ending")
        // One that switched itself off cannot have said less.
        #expect(recording().difference(to: recording(console: "a\r\n"))?.line == 2)
    }

    private let passing = Samples.verdict(Samples.evidence(.patched))
    private var failing: Verdict {
        Samples.verdict(
            Samples.evidence(
                .patched,
                results: .read(Samples.files(["02-notifier.ktap": "KTAP version 1\n1..1\nnot ok 1 no page is stale\n"]))
            ))
    }

    private func seen(
        _ seed: UInt64, _ verdict: Verdict?, order: String = "a", mismatch: Bool = false
    ) -> SeedVerdict.Seen {
        SeedVerdict.Seen(
            seed: seed, run: "seed-\(seed)", verdict: verdict,
            interleavings: ["notifier": Digest(inputs: ["order": order])],
            mismatches: mismatch
                ? [
                    .init(
                        seed: seed, run: "seed-\(seed)-again-1", guest: GuestName(.patched),
                        difference: recording().difference(to: recording(console: "a\r\nc\r\n"))!)
                ] : [])
    }

    @Test("passes if every seed does, and counts the orders")
    func passes() {
        let verdict = SeedVerdict(
            target: "t", seen: [seen(1, passing), seen(2, passing, order: "b"), seen(3, passing)],
            times: 2)
        #expect(verdict.conclusion.answer == .passed)
        #expect(verdict.repetitions == 3)
        #expect(verdict.varieties.map(\.workload) == ["notifier"])
        #expect(verdict.varieties.map(\.distinct) == [2])
        #expect(verdict.varieties.map(\.seeds) == [3])
    }

    @Test("names the seeds that fail")
    func fails() {
        let verdict = SeedVerdict(
            target: "t", seen: [seen(1, passing), seen(2, failing), seen(3, failing)], times: 1)
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.workloads[1].failed == ["seed-2", "seed-3"])
        #expect(verdict.conclusion.reason.contains("the first, seed-2"))
        #expect(verdict.repetitions == 0)
    }

    @Test("a seed that gives a different run the second time is never a pass, and hides no failure")
    func mismatch() {
        let verdict = SeedVerdict(
            target: "t", seen: [seen(1, passing), seen(2, passing, mismatch: true)], times: 2)
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(
            verdict.conclusion.reason.hasPrefix(
                "seed 2 gives another run in seed-2-again-1: patched, line 2 of console"))
        let both = SeedVerdict(
            target: "t", seen: [seen(1, failing), seen(2, passing, mismatch: true)], times: 2)
        #expect(both.conclusion.answer == .failed)
        #expect(both.conclusion.reason.contains("seed 2 gives another run"))
    }

    @Test("a seed whose run was cut off is not judged")
    func cutOff() {
        let verdict = SeedVerdict(target: "t", seen: [seen(1, passing), seen(2, nil)], times: 2)
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.repetitions == 1)
    }

    @Test("comes back from JSON as it was")
    func json() throws {
        let verdict = SeedVerdict(
            target: "t", seen: [seen(1, failing), seen(2, nil), seen(3, passing, mismatch: true)],
            times: 2)
        #expect(try JSONDecoder().decode(SeedVerdict.self, from: JSONEncoder().encode(verdict)) == verdict)
    }
}
