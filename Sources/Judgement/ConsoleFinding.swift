import Evidence

/// Trouble that a kernel reported on its console.
package struct ConsoleFinding: Codable, Sendable, Equatable {
    package let headline: FindingHeadline
    package let place: ConsolePlace
    /// The number in the plan, from 1, of the workload that ran or had ended last; nil during the boot.
    package let workload: Int?
    /// The report as it stands on the console, its middle left out where it is long.
    package let excerpt: [String]
    /// How many times the same was reported in the same place.
    package internal(set) var count: Int

    package init(
        headline: FindingHeadline, place: ConsolePlace, workload: Int?, excerpt: [String], count: Int = 1
    ) {
        self.headline = headline
        self.place = place
        self.workload = workload
        self.excerpt = excerpt
        self.count = count
    }

    package var kind: FindingKind { headline.kind }
}
