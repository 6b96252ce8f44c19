/// The trees from one version up to another: an entry of a known finding's `trees`.
package struct TreeRange: Codable, Sendable, Equatable {
    /// The first tree. Default: the oldest there is.
    package let from: String?
    /// The first tree that is no longer in the range, such as the one with the fix. Default: there is none yet.
    package let before: String?

    package init(from: String?, before: String?) {
        self.from = from
        self.before = before
    }

    package func contains(_ version: TreeVersion) -> Bool {
        (from.map { TreeVersion($0) <= version } ?? true) && (before.map { version < TreeVersion($0) } ?? true)
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: AnyField.self)
        if let field = fields.allKeys.first(where: { CodingKeys(stringValue: $0.stringValue) == nil }) {
            throw DecodingError.dataCorruptedError(
                forKey: field, in: fields, debugDescription: "a range of trees has the fields from and before")
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func version(_ key: CodingKeys) throws -> String? {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard TreeVersion.isWritten(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(text) is not a version such as 2.6.18-238.el5")
            }
            return text
        }
        from = try version(.from)
        before = try version(.before)
        guard from != nil || before != nil else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a range of trees needs from or before; for all trees leave trees out"))
        }
        if let from, let before, TreeVersion(from) >= TreeVersion(before) {
            throw DecodingError.dataCorruptedError(
                forKey: .before, in: container,
                debugDescription: "\(before) is not newer than \(from), so the range has no tree")
        }
    }

    enum CodingKeys: String, CodingKey { case from, before }

    private struct AnyField: CodingKey {
        let stringValue: String
        let intValue: Int?
        init?(stringValue: String) {
            self.stringValue = stringValue
            intValue = nil
        }
        init?(intValue: Int) { return nil }
    }
}
