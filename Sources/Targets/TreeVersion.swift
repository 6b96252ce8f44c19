/// A tree's version, such as `2.6.18-238.el5`, in the order in which RPM compares a package's version and release.
package struct TreeVersion: Comparable, Sendable {
    /// Of the version, then of the release: each is a run of digits, a run of letters, or `~` or `^`.
    private let parts: [[Segment]]

    package init(_ text: String) {
        parts = text.split(separator: "-", maxSplits: 1).map { Self.segments(of: $0) }
    }

    /// Whether this text can be a version that somebody wrote by hand.
    static func isWritten(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9][0-9A-Za-z._+~^]*(-[0-9A-Za-z._+~^]+)?/) != nil
    }

    package static func == (one: Self, other: Self) -> Bool { !(one < other) && !(other < one) }

    /// A version without a release is older than the same with one.
    package static func < (one: Self, other: Self) -> Bool {
        for (mine, others) in zip(one.parts, other.parts) {
            if let isOlder = isOlder(mine, others) { return isOlder }
        }
        return one.parts.count < other.parts.count
    }

    /// Any other character only separates.
    private static func segments(of text: Substring) -> [Segment] {
        text.matches(of: /[0-9]+|[A-Za-z]+|[~^]/).map { match in
            switch match.output.first {
            case "~": .before
            case "^": .after
            case let first? where first.isNumber: .number(match.output.drop { $0 == "0" })
            default: .letters(match.output)
            }
        }
    }

    /// - Returns: nil if the two are the same.
    private static func isOlder(_ one: [Segment], _ other: [Segment]) -> Bool? {
        let length = max(one.count, other.count)
        let pairs = (0..<length).map { ($0 < one.count ? one[$0] : .end, $0 < other.count ? other[$0] : .end) }
        return pairs.first { $0 != $1 }.map { $0.precedes($1) }
    }

    private enum Segment: Equatable {
        /// `~`: a version that goes on with it is older than the version without it.
        case before
        case end
        /// `^`: a version that goes on with it is newer than the version without it, and older than any other that goes
        /// on.
        case after
        case letters(Substring)
        /// Of any length, without leading zeros.
        case number(Substring)

        private var rank: Int {
            switch self {
            case .before: 0
            case .end: 1
            case .after: 2
            case .letters: 3
            case .number: 4
            }
        }

        func precedes(_ other: Segment) -> Bool {
            switch (self, other) {
            case (.letters(let mine), .letters(let others)): mine.utf8.lexicographicallyPrecedes(others.utf8)
            case (.number(let mine), .number(let others)):
                (mine.count, String(mine)) < (others.count, String(others))
            default: rank < other.rank
            }
        }
    }
}

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
