import Evidence

/// What a run shows about a patch series; the schema is described in `docs/verdict.md`.
package struct Verdict: Sendable, Equatable {
    /// 2 is 1 with the subject `as-is` and the keys `as-is` of a comparison; a verdict without them says 1.
    package static let currentSchema = 2

    package let schema: Int
    package let target: String
    package let conclusion: Conclusion
    /// Base before patched; one of them where only that was booted; or one kernel as it is.
    package let guests: [GuestVerdict]
    package let comparison: [Comparison]
    /// What both kernels report alike outside the workloads, and what else decided nothing.
    package let notes: [String]

    /// Draws the conclusion from the boots of a run, of which there is at most one for each subject.
    package init(target: String, guests: [GuestVerdict]) {
        let base = guests.first { $0.subject == .base }
        let patched = guests.first { $0.subject == .patched }
        let asIs = guests.first { $0.subject == .asIs }
        schema = asIs == nil ? 1 : Self.currentSchema
        self.target = target
        self.guests = [base, patched, asIs].compactMap { $0 }
        comparison =
            if let asIs { Comparison.rows(asIs: asIs) } else { Comparison.pairs(base: base, patched: patched) }
        let rules = VerdictRules(base: base, patched: patched, asIs: asIs, comparison: comparison)
        conclusion = rules.conclusion
        notes = rules.notes
    }

    package func guest(_ subject: Subject) -> GuestVerdict? { guests.first { $0.subject == subject } }
}

extension Verdict: Codable {
    private enum CodingKeys: String, CodingKey {
        case schema, target, conclusion, guests, comparison, notes
    }

    /// - Throws: `JudgementError.unknownSchema` where another drydock wrote it.
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
