/// A workload that is known to fail on some trees of a target: an entry of `known-findings`.
package struct KnownFindingDescription: Codable, Sendable, Equatable {
    package let workload: String
    /// Written as one range or as a list of ranges. Default: all trees.
    package let trees: [TreeRange]?
    /// One sentence on what is wrong with the kernel.
    package let reason: String
    /// Where it is described, such as a commit or a bug number.
    package let reference: String

    enum CodingKeys: String, CodingKey, CaseIterable { case workload, trees, reason, reference }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        workload = try container.decode(String.self, forKey: .workload)
        reason = try container.decode(String.self, forKey: .reason)
        reference = try container.decode(String.self, forKey: .reference)
        if (try? container.nestedUnkeyedContainer(forKey: .trees)) != nil {
            let ranges = try container.decode([TreeRange].self, forKey: .trees)
            guard !ranges.isEmpty else {
                throw DecodingError.dataCorruptedError(
                    forKey: .trees, in: container,
                    debugDescription: "an empty list means no tree; for all trees leave trees out")
            }
            trees = ranges
        } else {
            trees = try container.decodeIfPresent(TreeRange.self, forKey: .trees).map { [$0] }
        }
    }

    /// - Parameter version: of the tree, such as `2.6.18-238.el5`.
    package func isAbout(_ version: String) -> Bool {
        trees?.contains { $0.contains(TreeVersion(version)) } ?? true
    }
}
