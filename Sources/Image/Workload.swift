import Evidence
import Foundation

/// A program that runs inside the guest and prints KTAP: a folder under `images/workloads/`.
package struct Workload: Sendable, Equatable {
    /// The folder's name, and that of the C file in it.
    package let name: String
    package let folder: URL
    /// One line for people.
    package let summary: String
    /// What it is about, for grouping: `vmtruncate`, `notifier` or `locks`.
    package let kind: String
    /// The claims of the patch's description that it tests, such as `C2`.
    package let claims: [String]
    /// Its hard limit in seconds of guest time. Default: 30.
    package let timeoutSeconds: Int
    /// Default: `pass`.
    package let expectation: Expectation
    /// Whether it talks to the probe module. Default: no.
    package let needsProbe: Bool
    /// Whether what it finds depends on how the processors' steps fall. Default: no.
    package let isRace: Bool
    /// Default: none.
    package let arguments: [String]

    package var program: URL { folder.appending(path: "\(name).c") }

    /// The workload as it stands in a plan.
    /// - Parameter known: what the kernel of that plan is known to fail it by.
    package func planned(seed: UInt64, known: KnownFinding? = nil) -> PlannedWorkload {
        PlannedWorkload(
            name: name, summary: summary, kind: kind, claims: claims, expectation: expectation,
            timeoutSeconds: timeoutSeconds, seed: seed, arguments: arguments, known: known)
    }
}
