import ArgumentParser

/// Seeds as they are given on the command line: `7`, or `1..200`.
struct SeedRange: ExpressibleByArgument {
    let range: ClosedRange<UInt64>

    /// Few, so that they are run often; a user who wants more gives --seeds.
    static let usual = SeedRange(1...5)

    /// More would fill a disk before anybody looks.
    static let most: UInt64 = 10_000

    private init(_ range: ClosedRange<UInt64>) { self.range = range }

    /// Nil if it is not a range, is empty, or has more than `most` seeds; the help says what is accepted.
    init?(argument: String) {
        guard let match = argument.wholeMatch(of: /(\d+)(?:\.\.(\d+))?/), let first = UInt64(match.1) else {
            return nil
        }
        guard let last = match.2.map({ UInt64($0) }) ?? first, first <= last, last - first < Self.most else {
            return nil
        }
        range = first...last
    }
}
