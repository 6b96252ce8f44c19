import Evidence
import Foundation

/// What a run shows about a patch series; the schema is described in `docs/verdict.md`.
package struct Verdict: Sendable, Equatable {
    /// The newest schema; a verdict has the lowest that covers it.
    ///
    /// Each includes the one before it. New are:
    /// - in 2, the subject `as-is`, also in comparisons;
    /// - in 3, several guests of a subject, or known failures that are not counted;
    /// - in 4, the subject `mutant`;
    /// - in 5, guests that ran unfinished workloads again, or findings that the host caused;
    /// - in 6, leaks, or a results disk that was held.
    package static let currentSchema = 6

    package let schema: Int
    package let target: String
    package let conclusion: Conclusion
    /// Those of base come before those of patched, and a guest of one workload after the guest of all others.
    package let guests: [GuestVerdict]
    package let comparison: [Comparison]
    /// What both kernels report outside the workloads, and what else decided nothing.
    package let notes: [String]

    /// Draws the conclusion from the boots of a run.
    package init(target: String, guests: [GuestVerdict]) {
        func of(_ subject: Subject) -> [GuestVerdict] { guests.filter { $0.subject == subject } }
        let base = of(.base)
        let patched = of(.patched)
        // The only kernel of a run that compares nothing.
        let sole = of(.asIs) + guests.filter(\.subject.isMutant)
        self.target = target
        self.guests = base + patched + sole
        let isThird = self.guests.contains { $0.alone != nil || $0.workloads.contains { $0.known != nil } }
        let isFifth = self.guests.contains { guest in
            guest.again != nil || guest.machine.state == .starved || guest.machine.state == .stopped
                || guest.workloads.contains { $0.doubt != nil }
                || (guest.findings + guest.workloads.flatMap(\.findings)).contains { !$0.counts }
        }
        let isSixth = self.guests.contains { guest in
            guest.machine.state == .heldDisk || guest.leaks != nil || guest.workloads.contains { $0.leaks != nil }
        }
        let isFourth = sole.contains { $0.subject.isMutant }
        schema = isSixth ? Self.currentSchema : isFifth ? 5 : isFourth ? 4 : isThird ? 3 : sole.isEmpty ? 1 : 2
        comparison =
            sole.isEmpty ? Comparison.pairs(base: base, patched: patched) : Comparison.rows(ofSole: sole)
        let rules = VerdictRules(base: base, patched: patched, sole: sole, comparison: comparison)
        conclusion = rules.conclusion
        notes = rules.notes
    }

    /// The kernels that were booted, in the order of their guests.
    package var subjects: [Subject] { guests.map(\.subject).eachOnce }
    /// The guests of the kernel that the answer is about.
    package var judged: [GuestVerdict] { guests.filter { $0.subject == guests.last?.subject } }
}

extension Verdict: Codable {
    private enum CodingKeys: String, CodingKey {
        case schema, target, conclusion, guests, comparison, notes
    }

    /// - Throws: `JudgementError.unknownSchema` if another drydock wrote it.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        schema = try values.decode(Int.self, forKey: .schema)
        guard (1...Self.currentSchema).contains(schema) else {
            throw JudgementError.unknownSchema(found: schema, known: Self.currentSchema)
        }
        target = try values.decode(String.self, forKey: .target)
        conclusion = try values.decode(Conclusion.self, forKey: .conclusion)
        guests = try values.decode([GuestVerdict].self, forKey: .guests)
        comparison = try values.decode([Comparison].self, forKey: .comparison)
        notes = try values.decode([String].self, forKey: .notes)
    }
}

/// A verdict that another drydock wrote could not be read.
package enum JudgementError: Error, Equatable, CustomStringConvertible {
    case unknownSchema(found: Int, known: Int)

    package var description: String {
        switch self {
        case .unknownSchema(let found, let known):
            "cannot read the verdict: its schema is \(found), this drydock knows \(known);"
                + " judge the run again with `drydock judge`"
        }
    }
}

/// A plain run: base and patched with the same plan, or one kernel alone.
package enum ComparisonTest: TestKind {
    package static let headFile = RunDirectory.File.header.rawValue

    package static func isFinished(_ place: URL) -> Bool {
        guard let run = try? RunDirectory(opening: place), let guests = try? run.header().guests else { return false }
        return guests.allSatisfy { run[$0].isFinished }
    }

    package static func judge(_ place: URL) throws -> Verdict { try judge(try RunDirectory(opening: place)) }

    package static func runToReplay(in place: URL) -> URL? { place }

    /// - Parameter base: what base shows in another run, if this run has no base.
    package static func judge(_ run: RunDirectory, comparedWith base: [GuestVerdict] = []) throws -> Verdict {
        let header = try run.header()
        return Verdict(target: header.target, guests: base + (try RunsOfTest.guests(header.guests, of: run)))
    }
}
