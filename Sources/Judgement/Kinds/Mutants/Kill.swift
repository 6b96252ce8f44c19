import Console

/// How a workload noticed a mutant.
package struct Kill: Codable, Sendable, Equatable {
    package let workload: String
    /// `fail`, `crash` or `hang`.
    package let outcome: WorkloadOutcome.Word
    package let reason: String
    /// The line of the console, from 1, that decided it; nil if the workload's own output did.
    package let line: Int?
    /// Wall time in the guest; nil if the guest died before it could say.
    package let milliseconds: Int?
    package let figures: [Figure]

    /// Nil if the workload noticed nothing.
    init?(_ verdict: WorkloadVerdict) {
        guard verdict.outcome.isFailure else { return nil }
        workload = verdict.name
        outcome = verdict.outcome.word
        reason = verdict.outcome.reasons.first ?? ""
        line = verdict.outcome.finding?.line ?? verdict.findings.first(where: \.counts)?.headline.line
        milliseconds = verdict.milliseconds
        figures = verdict.figures
    }
}
