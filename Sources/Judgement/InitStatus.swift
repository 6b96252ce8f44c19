import Foundation

/// What init wrote last, after the whole plan was run: the file `init.status`.
package struct InitStatus: Sendable, Equatable {
    package let isComplete: Bool
    package let workloads: Int?

    /// Nil for an empty file, which counts as missing.
    package init?(_ bytes: Data) {
        guard let file = KeyValueFile(bytes) else { return nil }
        isComplete = file.values["plan"] == "complete" && file.contradiction == nil
        workloads = file.values["workloads"].flatMap { Int($0) }
    }
}
