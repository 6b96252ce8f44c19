import Evidence
import Files

/// What one plan shows with many seeds; the schema is described in `docs/determinism.md`.
package struct SeedVerdict: Codable, Sendable, Equatable {
    package static let currentSchema = 2

    /// How many different orders of events the seeds gave a workload.
    package struct Variety: Codable, Sendable, Equatable {
        package let workload: String
        package let distinct: Int
        /// The number of seeds with which the probe traced anything.
        package let seeds: Int
    }

    /// A run that differs from the first run of its seed.
    package struct Mismatch: Codable, Sendable, Equatable {
        package let seed: UInt64
        /// The directory of that run.
        package let run: String
        package let guest: GuestName
        package let difference: Recording.Difference

        package init(seed: UInt64, run: String, guest: GuestName, difference: Recording.Difference) {
            self.seed = seed
            self.run = run
            self.guest = guest
            self.difference = difference
        }
    }

    /// The judge's input for one seed.
    package struct Seen: Sendable {
        package let seed: UInt64
        /// The directory of its run.
        package let run: String
        /// Nil if the run was cut off.
        package let verdict: Verdict?
        /// By the workload's name, see `Interleavings`.
        package let interleavings: [String: Digest]
        package let mismatches: [Mismatch]

        package init(
            seed: UInt64, run: String, verdict: Verdict?, interleavings: [String: Digest], mismatches: [Mismatch]
        ) {
            self.seed = seed
            self.run = run
            self.verdict = verdict
            self.interleavings = interleavings
            self.mismatches = mismatches
        }
    }

    package let schema: Int
    package let target: String
    package let conclusion: Conclusion
    package let seeds: Int
    /// How often each seed was run.
    package let times: Int
    /// The runs that should be the same as the first of their seed; 0 if each was run once.
    package let repetitions: Int
    /// One workload over all seeds, in the order of the plan.
    package let workloads: [RepetitionVerdict.Workload]
    /// In the order of the plan.
    package let varieties: [Variety]
    package let mismatches: [Mismatch]

    package init(target: String, seen: [Seen], times: Int) {
        schema = Self.currentSchema
        self.target = target
        seeds = seen.count
        self.times = times
        repetitions = (times - 1) * seen.count { $0.verdict != nil }
        let runs = RepetitionVerdict(target: target, runs: seen.map { ($0.run, $0.verdict) })
        workloads = runs.workloads
        varieties = runs.workloads.compactMap { workload in
            let orders = seen.compactMap { $0.interleavings[workload.name] }
            return orders.isEmpty
                ? nil : Variety(workload: workload.name, distinct: Set(orders).count, seeds: orders.count)
        }
        mismatches = seen.flatMap(\.mismatches)
        conclusion = Self.conclusion(runs.conclusion, seeds: seen.count, mismatches)
    }

    /// A failure that was seen always counts; nothing else does if a seed gives different runs.
    private static func conclusion(_ runs: Conclusion, seeds: Int, _ mismatches: [Mismatch]) -> Conclusion {
        guard let first = mismatches.first else { return runs }
        let what = "seed \(first.seed) gives another run in \(first.run): \(first.guest), \(first.difference)"
        if runs.answer == .failed {
            return Conclusion(answer: .failed, reason: "\(runs.reason); and \(what)", failing: runs.failing)
        }
        return Conclusion(answer: .couldNotJudge, reason: what, failing: [])
    }
}

extension Recording.Difference: CustomStringConvertible {
    package var description: String {
        func quoted(_ line: String?) -> String { line.map { "\"\($0)\"" } ?? "its end" }
        return "line \(line) of \(part): \(quoted(first)), then \(quoted(second))"
    }
}
