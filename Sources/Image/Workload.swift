import Evidence
import Foundation

/// A program that runs inside the guest and prints KTAP: a directory under `images/workloads/`.
package struct Workload: Sendable, Equatable {
    /// The name of the directory and of the C file in it.
    package let name: String
    package let folder: URL
    /// One line for people.
    package let summary: String
    /// Its subject, for grouping: `vmtruncate`, `notifier` or `locks`.
    package let kind: String
    /// The claims of the patch's description that it tests, such as `C2`.
    package let claims: [String]
    /// Its hard limit in seconds of guest time. Default: 30.
    package let timeoutSeconds: Int
    /// Default: `pass`.
    package let expectation: Expectation
    /// Whether it uses the probe module. Default: no.
    package let needsProbe: Bool
    /// Whether its result depends on the order in which the CPUs do their steps. Default: no.
    package let isRace: Bool
    /// Default: none.
    package let arguments: [String]

    package var program: URL { folder.appending(path: "\(name).c") }

    /// The workload as an entry of a plan.
    /// - Parameter known: its known failure on the kernel of that plan.
    package func planned(seed: UInt64, known: KnownFinding? = nil) -> PlannedWorkload {
        PlannedWorkload(
            name: name, summary: summary, kind: kind, claims: claims, expectation: expectation,
            timeoutSeconds: timeoutSeconds, seed: seed, arguments: arguments, known: known)
    }
}
