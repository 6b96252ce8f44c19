import Evidence
import Foundation
import Judgement
import Testing

@Suite("Many runs of one plan")
struct RepetitionTests {
    private let passing = Samples.verdict(Samples.evidence(.patched))
    private let lost = Samples.verdict(
        Samples.evidence(.patched, ending: .lost(reason: "killed"), console: "", results: .read([:])))

    private var failing: Verdict {
        Samples.verdict(
            Samples.evidence(
                .patched,
                results: .read(Samples.files(["02-notifier.ktap": "KTAP version 1\n1..1\nnot ok 1 no page is stale\n"]))
            ))
    }

    private func verdict(_ runs: [Verdict?]) -> RepetitionVerdict {
        RepetitionVerdict(target: "t", runs: runs.enumerated().map { ("00\($0 + 1)", $1) })
    }

    @Test("passes if every run does")
    func passes() {
        let verdict = verdict([passing, passing, passing])
        #expect(verdict.conclusion.answer == .passed)
        #expect(verdict.conclusion.reason == "3 of 3 runs pass")
        #expect(verdict.workloads.map(\.name) == ["truncate", "notifier"])
        #expect(verdict.workloads.map(\.failure.runs) == [3, 3])
        #expect(verdict.failure.rate == 0)
    }

    @Test("fails by one run in many, and names the workload, the run and the reason")
    func oneFailure() {
        let verdict = verdict([passing, passing, failing, passing])
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.failing == ["notifier"])
        #expect(verdict.conclusion.reason.hasPrefix("1 of 4 runs fail; the first, 003: notifier fails"))
        #expect(verdict.workloads[1].failed == ["003"])
        #expect(verdict.workloads[1].failure.rate == 0.25)
        #expect(verdict.workloads[1].reason == "not ok 1 no page is stale")
        #expect(verdict.workloads[0].failure.failures == 0)
    }

    @Test("cannot be judged if a run was lost or cut off, and a failure outranks that")
    func unknownRuns() {
        #expect(verdict([passing, nil]).conclusion.answer == .couldNotJudge)
        #expect(verdict([passing, nil]).conclusion.reason.contains("1 of 2 runs could not be judged; the first, 002"))
        #expect(verdict([lost, passing]).conclusion.answer == .couldNotJudge)
        #expect(verdict([lost, passing]).workloads.map(\.unknown) == [1, 1])
        #expect(verdict([lost, passing]).workloads.map(\.failure.runs) == [1, 1])
        #expect(verdict([nil, failing]).conclusion.answer == .failed)
    }

    /// Reference values: scipy's binomtest(k, n).proportion_ci(method="wilson").
    @Test(
        "the interval is Wilson's",
        arguments: [
            (0, 30, 0.0, 0.113_513), (1, 10, 0.017_876, 0.404_150), (3, 30, 0.034_600, 0.256_211), (5, 5, 0.565_518, 1),
        ])
    func interval(failures: Int, runs: Int, low: Double, high: Double) throws {
        let interval = try #require(FailureRate(failures: failures, of: runs).interval)
        #expect(abs(interval[0] - low) < 1e-5, "\(interval)")
        #expect(abs(interval[1] - high) < 1e-5, "\(interval)")
    }

    @Test("without a run there is no rate")
    func noRuns() {
        #expect(FailureRate(failures: 0, of: 0).rate == nil)
        #expect(FailureRate(failures: 0, of: 0).interval == nil)
    }

    @Test("comes back from JSON as it was")
    func json() throws {
        let verdict = verdict([passing, failing, nil])
        #expect(try JSONDecoder().decode(RepetitionVerdict.self, from: JSONEncoder().encode(verdict)) == verdict)
    }
}
