/// One mutant of a mutation test: what its patch says about it, and where its run is.
package struct MutantRecord: Codable, Sendable, Equatable {
    package let name: String
    /// What it does, in one line.
    package let subject: String
    /// The claims that it makes false, or words for a code path.
    package let breaks: [String]
    /// The workloads that must fail on it.
    package let killedBy: [String]
    /// The variant of the configuration in which it is built; nil if the target has none.
    package let variant: String?
    /// Nil unless it cannot be tested.
    package var fault: MutantFault?
    /// The seeds that were tried, if each mutant is booted with one seed after another; nil if it is booted once.
    package var search: SeedSearch?
    /// The directory of its run, relative to the test's; nil if it was not booted; with many seeds, that of the last.
    package var run: String?

    package init(
        name: String, subject: String, breaks: [String], killedBy: [String], variant: String?,
        fault: MutantFault? = nil, search: SeedSearch? = nil, run: String? = nil
    ) {
        self.name = name
        self.subject = subject
        self.breaks = breaks
        self.killedBy = killedBy
        self.variant = variant
        self.fault = fault
        self.search = search
        self.run = run
    }
}
