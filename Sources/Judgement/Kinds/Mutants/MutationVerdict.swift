import Evidence
import Foundation

/// What a mutation test shows about the workloads; the schema is described in `docs/mutants.md`.
package struct MutationVerdict: Codable, Sendable, Equatable {
    package static let currentSchema = 1

    /// The result of the kernel without any mutant, in one variant.
    package struct Control: Codable, Sendable, Equatable {
        package let variant: String?
        /// The seed that it is the control for; nil if it is for all.
        package let seed: UInt64?
        /// The outcome of each workload by its name.
        package let workloads: [String: WorkloadOutcome.Word]
    }

    package let schema: Int
    package let target: String
    /// The tree's version, such as `2.6.18-128.el5`.
    package let version: String
    /// `failing` names the survivors.
    package let conclusion: Conclusion
    /// The number of killed mutants divided by those that were killed, survived or were inconclusive; nil if there are
    /// none.
    package let score: Double?
    package let controls: [Control]
    package let mutants: [MutantVerdict]
    /// The mutants that are for other trees.
    package let leftOut: [String]
    /// If seeds were searched, the mutants that no race must notice.
    package let withoutRace: [String]?

    /// - Parameters:
    ///   - control: what the run of the kernel without any mutant shows in a variant; empty if it was not booted.
    ///   - guests: what a mutant's run shows; nil if it was not booted, or did not come to its end.
    ///   - difference: the first difference between the two runs of a mutant; nil if they are the same, or there is
    ///     only one.
    package init(
        _ record: MutationRecord, control: (MutationRecord.Control) throws -> [GuestVerdict],
        guests: (MutantRecord) throws -> [GuestVerdict]?,
        difference: (MutantRecord) throws -> Recording.Difference?
    ) rethrows {
        let controls = try record.controls.map { ($0, try control($0)) }
        let mutants = try record.mutants.map { mutant in
            let control = controls.first { $0.0.variant == mutant.variant && $0.0.seed == mutant.search?.seed }?.1
            return MutantJudge(control: control ?? [], difference: try difference(mutant))
                .judge(mutant, try guests(mutant))
        }
        schema = Self.currentSchema
        target = record.target
        version = record.version
        self.mutants = mutants
        leftOut = record.leftOut
        withoutRace = record.withoutRace
        self.controls = controls.map { control, guests in
            Control(
                variant: control.variant, seed: control.seed,
                workloads: Dictionary(
                    Comparison.named(guests).map { ($0.verdict.name, $0.verdict.outcome.word) },
                    uniquingKeysWith: { first, _ in first }))
        }
        let judged = mutants.count { $0.outcome != .error }
        score = judged == 0 ? nil : Double(mutants.count { $0.outcome == .killed }) / Double(judged)
        conclusion = Self.conclusion(mutants)
    }

    package func count(_ outcome: MutantVerdict.Outcome) -> Int { mutants.count { $0.outcome == outcome } }

    private static func conclusion(_ mutants: [MutantVerdict]) -> Conclusion {
        func names(_ outcome: MutantVerdict.Outcome) -> [String] {
            mutants.filter { $0.outcome == outcome }.map(\.name)
        }
        let survivors = names(.survived)
        let parts: [(names: [String], singular: String, plural: String)] = [
            (survivors, "mutant survived", "mutants survived"),
            (names(.couldNotTell), "inconclusive", "inconclusive"),
            (names(.error), "cannot be tested", "cannot be tested"),
        ]
        let words = parts.filter { !$0.names.isEmpty }.map { names, singular, plural in
            "\(names.count) \(names.count == 1 ? singular : plural): \(names.joined(separator: ", "))"
        }.joined(separator: "; ")
        if !survivors.isEmpty { return Conclusion(answer: .failed, reason: words, failing: survivors) }
        if !words.isEmpty { return Conclusion(answer: .couldNotJudge, reason: words, failing: []) }
        guard !mutants.isEmpty else {
            return Conclusion(answer: .couldNotJudge, reason: "no mutant is meant for this tree", failing: [])
        }
        let killed = mutants.count == 1 ? "the one mutant is" : "all \(mutants.count) mutants are"
        return Conclusion(answer: .passed, reason: "\(killed) killed", failing: [])
    }
}

/// Patched kernels that are broken on purpose, one change at a time, with the patched kernel itself as their control.
package enum MutationTest: TestKind {
    package static let headFile = MutationRecord.file

    /// If a run was cut off, its guests that came to their end and were read still count.
    package static func judge(_ place: URL) throws -> MutationVerdict {
        let test = try MutationDirectory(opening: place)
        func guests(of run: String) throws -> [GuestVerdict]? {
            guard let run = try RunsOfTest.finished({ try RunDirectory(opening: test.place(of: run)) }) else {
                return nil
            }
            let seen = try run.header().guests.compactMap { name in
                try RunsOfTest.finished { try RunsOfTest.guests([name], of: run) }
            }
            return seen.isEmpty ? nil : seen.flatMap(\.self)
        }
        return try MutationVerdict(
            try test.record(), control: { try guests(of: $0.run) ?? [] },
            guests: { mutant in try mutant.run.flatMap { try guests(of: $0) } },
            difference: { mutant in
                guard let run = mutant.run, let again = mutant.search?.again else { return nil }
                return try RunsOfTest.difference(from: test.place(of: run), to: test.place(of: again))?.1
            })
    }

    package static func runToReplay(in place: URL) throws -> URL? {
        let test = try MutationDirectory(opening: place)
        return try test.record().mutants.first { $0.search?.again != nil }?.run.map(test.place)
    }
}
