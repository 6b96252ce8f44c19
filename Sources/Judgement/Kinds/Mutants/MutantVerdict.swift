import Console
import Evidence

/// The result for one mutant.
package struct MutantVerdict: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        /// A workload that its patch names, and that passes without the mutant, failed on it.
        case killed
        /// All of those workloads pass on it.
        case survived
        case couldNotTell = "could-not-tell"
        /// The mutant cannot be tested: see `fault`.
        case error

        package var words: String {
            switch self {
            case .killed: "killed"
            case .survived: "survived"
            case .couldNotTell: "inconclusive"
            case .error: "error"
            }
        }
    }

    package let name: String
    package let subject: String
    package let breaks: [String]
    /// The workloads that must fail on it.
    package let killedBy: [String]
    package let variant: String?
    package let outcome: Outcome
    /// By the workloads that must fail; empty unless `killed`.
    package let kills: [Kill]
    /// Those of `killedBy` that pass on it: if others kill it, the patch should not name them.
    package let passing: [String]
    /// By workloads that its patch does not name.
    package let alsoNoticed: [Kill]
    /// Why the result is inconclusive, for the mutant or for some workloads.
    package let gaps: [String]
    package let fault: MutantFault?
    /// The seed that killed it and the number of seeds tried; nil if it was booted once.
    package let search: SeedSearch?
    /// The directory of its run, relative to the test's; nil if it was not booted.
    package let run: String?
    /// What a reader should know but what decided nothing.
    package let notes: [String]
}

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
