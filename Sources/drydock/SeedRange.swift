import ArgumentParser

/// Seeds as they are given on the command line: `7`, or `1..200`.
struct SeedRange: ExpressibleByArgument {
    let range: ClosedRange<UInt64>

    /// Few, so that they are run often: who wants more asks for them.
    static let usual = SeedRange(1...5)

    /// More would fill a disk before a person came back.
    static let most: UInt64 = 10_000

    private init(_ range: ClosedRange<UInt64>) { self.range = range }

    /// Nil where it is no range, is empty, or holds more than `most`; the help says which are taken.
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
