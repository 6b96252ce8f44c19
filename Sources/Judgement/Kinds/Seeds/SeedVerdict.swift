import Console
import Evidence
import Files
import Foundation

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

/// The same plan with many seeds, each a deterministic run.
package enum SeedTest: TestKind {
    package static let headFile = SeedRecord.file

    package static func judge(_ place: URL) throws -> SeedVerdict {
        let test = try SeedDirectory(opening: place)
        let record = try test.record()
        return SeedVerdict(
            target: record.target, seen: try record.seeds.map { try seen($0, record, test) }, times: record.times)
    }

    package static func runToReplay(in place: URL) throws -> URL? {
        let failed = try judge(place).workloads.flatMap { $0.failed + $0.knownFailed }
        let test = try SeedDirectory(opening: place)
        return try test.record().runs.map(\.name).first(where: failed.contains).map(test.place)
    }

    private static func seen(_ seed: UInt64, _ record: SeedRecord, _ test: SeedDirectory) throws -> SeedVerdict.Seen {
        let name = record.run(of: seed)
        let place = test.place(of: name)
        guard let verdict = try RunsOfTest.finished({ try ComparisonTest.judge(place) }) else {
            return SeedVerdict.Seen(seed: seed, run: name, verdict: nil, interleavings: [:], mismatches: [])
        }
        var interleavings: [String: Digest] = [:]
        for (_, evidence) in try RunsOfTest.evidence(of: place) {
            interleavings.merge(Interleavings.digests(of: evidence.trace ?? "")) { one, _ in one }
        }
        let mismatches = try record.repetitions(of: seed).compactMap { run in
            try RunsOfTest.difference(from: place, to: test.place(of: run)).map { guest, difference in
                SeedVerdict.Mismatch(seed: seed, run: run, guest: guest, difference: difference)
            }
        }
        return SeedVerdict.Seen(
            seed: seed, run: name, verdict: verdict, interleavings: interleavings, mismatches: mismatches)
    }
}

/// The order in which the CPUs of a deterministic guest did what the probe saw, for each workload.
package enum Interleavings {
    /// A digest of each traced workload's order, by its name: which CPU did what in which session.
    ///
    /// It does not cover the guest time or the addresses, because a seed may simply choose those; it covers how far the
    /// other CPUs were when all locks were about to be taken.
    /// - Parameter trace: as the probe wrote it.
    package static func digests(of trace: String) -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for (workload, events) in events(of: trace) where !events.isEmpty {
            digests[workload] = Digest(inputs: ["order": events.joined(separator: "\n")])
        }
        return digests
    }

    /// The events of each workload; those of a workload that did not end go up to the trace's end.
    private static func events(of trace: String) -> [String: [String]] {
        var events: [String: [String]] = [:]
        var workload: String?
        for line in trace.split(separator: "\n") {
            if line.hasPrefix("# begin ") {
                workload = String(line.dropFirst(8))
            } else if line.hasPrefix("# end ") {
                workload = nil
            } else if let workload, let event = TraceEvent(line) {
                events[workload, default: []].append(event.order)
            }
        }
        return events
    }
}
