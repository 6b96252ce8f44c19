import Foundation

/// A workload that fails on some trees of a target, and rightly so: an entry of `known-findings`.
package struct KnownFindingDescription: Codable, Sendable, Equatable {
    package let workload: String
    /// A shell's globs, one of which matches the whole version of a tree it is about. Default: all trees.
    package let trees: [String]?
    /// One sentence on what is wrong with the kernel.
    package let reason: String
    /// Where it is described, such as a commit or a bug's number.
    package let reference: String

    enum CodingKeys: String, CodingKey, CaseIterable { case workload, trees, reason, reference }

    /// - Parameter version: of the tree, such as `2.6.18-238.el5`.
    package func isAbout(_ version: String) -> Bool {
        trees?.contains { fnmatch($0, version, 0) == 0 } ?? true
    }
}
