import Evidence
import Foundation

/// What many runs of one plan show together; the schema is described in `docs/verdict.md`.
package struct RepetitionVerdict: Codable, Sendable, Equatable {
    package static let currentSchema = 1

    /// One workload over all runs.
    package struct Workload: Codable, Sendable, Equatable {
        package let name: String
        package let failure: FailureRate
        package let skipped: Int
        /// The number of runs in which it is inconclusive.
        package let unknown: Int
        /// The runs in which it failed.
        package let failed: [String]
        /// The runs in which it failed as it is known to.
        package let knownFailed: [String]
        /// Why it failed the first time.
        package let reason: String?
    }

    package let schema: Int
    package let target: String
    package let conclusion: Conclusion
    /// Of whole runs: a run fails if its verdict does.
    package let failure: FailureRate
    /// In the order of the plan.
    package let workloads: [Workload]

    /// - Parameter runs: the name and the verdict of each; nil if the run was cut off.
    package init(target: String, runs: [(name: String, verdict: Verdict?)]) {
        schema = Self.currentSchema
        self.target = target
        let judged = runs.compactMap { run in run.verdict.map { (name: run.name, verdict: $0) } }
        let failed = judged.filter { $0.verdict.conclusion.answer == .failed }
        let passed = judged.filter { $0.verdict.conclusion.answer == .passed }
        failure = FailureRate(failures: failed.count, of: failed.count + passed.count)
        let names = judged.flatMap { Comparison.named($0.verdict.judged).map(\.name) }.eachOnce
        workloads = names.map { Self.workload($0, in: judged) }
        conclusion = Self.conclusion(runs.count, failed, passed: passed.count, runs, workloads)
    }

    private typealias Run = (name: String, verdict: Verdict)

    private static func workload(_ name: String, in runs: [Run]) -> Workload {
        let seen = runs.compactMap { run in
            Comparison.named(run.verdict.judged).first { $0.name == name }.map { (run, $0.verdict) }
        }
        // What a verdict counts as a failure: more than failed checks, but not a known failure.
        let failed = seen.filter { run, _ in run.verdict.conclusion.failing.contains(name) }
        let others = seen.filter { run, _ in !run.verdict.conclusion.failing.contains(name) }
        let unknown = others.count { $0.1.outcome.isUnknown }
        let skipped = others.count { $0.1.outcome.word == .skip }
        return Workload(
            name: name, failure: FailureRate(failures: failed.count, of: seen.count - unknown - skipped),
            skipped: skipped, unknown: unknown, failed: failed.map(\.0.name),
            knownFailed: others.filter { $0.1.known != nil && $0.1.outcome.isFailure }.map(\.0.name),
            reason: failed.first.map { $0.1.outcome.reasons.first ?? $0.0.verdict.conclusion.reason })
    }

    private static func conclusion(
        _ planned: Int, _ failed: [Run], passed: Int, _ runs: [(name: String, verdict: Verdict?)],
        _ workloads: [Workload]
    ) -> Conclusion {
        if let first = failed.first {
            let names = workloads.filter { !$0.failed.isEmpty }.map(\.name)
            return Conclusion(
                answer: .failed,
                reason:
                    "\(failed.count) of \(planned) runs fail; the first, \(first.name): \(first.verdict.conclusion.reason)",
                failing: names)
        }
        if let open = runs.first(where: { $0.verdict?.conclusion.answer != .passed }) {
            let reason = open.verdict?.conclusion.reason ?? "it was cut off"
            return Conclusion(
                answer: .couldNotJudge,
                reason:
                    "\(planned - passed) of \(planned) runs could not be judged; the first, \(open.name): \(reason)",
                failing: [])
        }
        return Conclusion(answer: .passed, reason: "\(passed) of \(planned) runs pass", failing: [])
    }
}

/// How often something failed, and what that says about its failure rate.
package struct FailureRate: Codable, Sendable, Equatable {
    package let failures: Int
    /// The runs that showed whether it fails.
    package let runs: Int
    /// `failures` divided by `runs`; nil without a run.
    package let rate: Double?
    /// Wilson's score interval of 95 %, lower and upper bound; nil without a run.
    package let interval: [Double]?

    package init(failures: Int, of runs: Int) {
        self.failures = failures
        self.runs = runs
        guard runs > 0 else {
            rate = nil
            interval = nil
            return
        }
        // The quantile of the normal distribution for 95 %.
        let z = 1.959964
        let (count, rate) = (Double(runs), Double(failures) / Double(runs))
        let scale = 1 + z * z / count
        let middle = (rate + z * z / (2 * count)) / scale
        let half = z / scale * (rate * (1 - rate) / count + z * z / (4 * count * count)).squareRoot()
        self.rate = rate
        // At both ends the bound is exact, and rounding must not change it.
        interval = [failures == 0 ? 0 : max(0, middle - half), failures == runs ? 1 : min(1, middle + half)]
    }
}

/// The same plan many times on the judged kernel; base is booted in the first run only, and every run is compared with
/// it.
package enum RepetitionTest: TestKind {
    package static let headFile = RepetitionRecord.file

    /// Nil: its guests depend on their host.
    package static func runToReplay(in place: URL) -> URL? { nil }

    package static func judge(_ place: URL) throws -> RepetitionVerdict {
        let test = try RepetitionDirectory(opening: place)
        let record = try test.record()
        func run(_ name: String) throws -> RunDirectory { try RunDirectory(opening: test.place(of: name)) }
        let base: [GuestVerdict]? = try RunsOfTest.finished {
            guard let first = try record.runs.first.map(run) else { return [] }
            return try RunsOfTest.guests(try first.header().guests.filter { $0.subject == .base }, of: first)
        }
        return RepetitionVerdict(
            target: record.target,
            runs: try record.runs.enumerated().map { index, name in
                let verdict = try RunsOfTest.finished {
                    try ComparisonTest.judge(try run(name), comparedWith: index == 0 ? [] : base ?? [])
                }
                return (name, verdict)
            })
    }
}
