/// One mutant of a mutation test: what its patch says of it, and where its run is.
package struct MutantRecord: Codable, Sendable, Equatable {
    package let name: String
    /// What it does, in one line.
    package let subject: String
    /// The claims it makes false, or words for a path.
    package let breaks: [String]
    /// The workloads that must fail on it.
    package let killedBy: [String]
    /// The variant of the configuration it is built in; nil where the target has none.
    package let variant: String?
    /// Nil unless it cannot be tested.
    package var fault: MutantFault?
    /// How it got there, where each mutant is booted with one seed after the other; nil where it is booted once.
    package var search: SeedSearch?
    /// The folder of its run, relative to that of the test; nil where it was not booted. Of those with many seeds the last.
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
