import Evidence

/// What became of one mutant.
package struct MutantVerdict: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        /// A workload that its patch names, and that passes without it, failed on it.
        case killed
        /// All of those pass on it.
        case survived
        case couldNotTell = "could-not-tell"
        /// The mutant cannot be tested: see `fault`.
        case error

        package var words: String {
            switch self {
            case .killed: "killed"
            case .survived: "survived"
            case .couldNotTell: "could not tell"
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
    /// By the workloads that must; empty unless `killed`.
    package let kills: [Kill]
    /// Those of `killedBy` that pass on it: where others kill it, they are named in vain.
    package let passing: [String]
    /// By workloads of which that was not asked.
    package let alsoNoticed: [Kill]
    /// Why there is nothing to tell, or not of each of the workloads.
    package let gaps: [String]
    package let fault: MutantFault?
    /// Under which seed it was killed, where they were searched, and after how many; nil where it was booted once.
    package let search: SeedSearch?
    /// The folder of its run, relative to that of the test; nil where it was not booted.
    package let run: String?
    /// What a reader should know and what decided nothing.
    package let notes: [String]
}
