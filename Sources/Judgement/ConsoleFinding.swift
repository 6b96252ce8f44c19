import Console
import Evidence

/// Trouble that a kernel reported on its console.
package struct ConsoleFinding: Codable, Sendable, Equatable {
    package let headline: FindingHeadline
    package let place: ConsolePlace
    /// The number in the plan, from 1, of the workload that ran or had ended last; nil during the boot.
    package let workload: Int?
    /// The report as it is on the console; if it is long, its middle is left out.
    package let excerpt: [String]
    /// How many times the same was reported in the same place.
    package internal(set) var count: Int
    /// Set if the host kept the guest from what the kernel missed: such a report decides nothing.
    package let withheld: Withheld?

    package init(
        headline: FindingHeadline, place: ConsolePlace, workload: Int?, excerpt: [String], count: Int = 1,
        withheld: Withheld? = nil
    ) {
        self.headline = headline
        self.place = place
        self.workload = workload
        self.excerpt = excerpt
        self.count = count
        self.withheld = withheld
    }

    package var kind: FindingKind { headline.kind }
    /// Whether the kernel is to blame.
    package var counts: Bool { withheld == nil }
}
