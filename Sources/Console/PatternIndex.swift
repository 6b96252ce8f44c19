/// Finds the patterns that a line may match in one walk over it, because most lines match none.
struct PatternIndex: Sendable {
    /// Each pattern is found by the first bytes of its stem.
    private static let stemLength = 4
    private static let tableBits = 14

    private let patterns: Int
    private let positions: [UInt32: [Int]]
    /// Whether a stem may have this hash; most four bytes have none.
    private let mayBegin: [Bool]
    /// The patterns whose stem is shorter: the number of a death, which is found by its form.
    private let numbered: [Int]

    init(_ patterns: [ReportPattern]) {
        self.patterns = patterns.count
        let long = patterns.indices.filter { patterns[$0].stem.utf8.count >= Self.stemLength }
        positions = Dictionary(grouping: long) { position in
            patterns[position].stem.utf8.prefix(Self.stemLength).reduce(0) { $0 << 8 | UInt32($1) }
        }
        numbered = patterns.indices.filter { !long.contains($0) }
        var mayBegin = [Bool](repeating: false, count: 1 << Self.tableBits)
        for stem in positions.keys { mayBegin[Self.hash(stem)] = true }
        self.mayBegin = mayBegin
    }

    /// In the order of the patterns.
    func candidates(in text: Substring) -> [Int] {
        text.utf8.withContiguousStorageIfAvailable(candidates) ?? Array(text.utf8).withUnsafeBufferPointer(candidates)
    }

    private func candidates(in text: UnsafeBufferPointer<UInt8>) -> [Int] {
        var found: [Bool] = []
        var last: UInt32 = 0
        for byte in text {
            last = last << 8 | UInt32(byte)
            let endsNumber = Self.mayEndDieHeader(last)
            guard endsNumber || mayBegin[Self.hash(last)] else { continue }
            if found.isEmpty { found = [Bool](repeating: false, count: patterns) }
            for position in positions[last] ?? [] { found[position] = true }
            if endsNumber { for position in numbered { found[position] = true } }
        }
        return found.indices.filter { found[$0] }
    }

    private static func hash(_ stem: UInt32) -> Int { Int((stem &* 0x9E37_79B1) >> UInt32(32 - tableBits)) }

    /// Whether these are the last bytes of ` [#`, or of ` [1]` with any digit: the number of a death.
    private static func mayEndDieHeader(_ bytes: UInt32) -> Bool {
        bytes & 0xFF_FFFF == 0x20_5B23 || bytes & 0xFFFF_00FF == 0x205B_005D
    }
}
