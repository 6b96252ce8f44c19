import Foundation

/// The description of a test of many seeds, at the top of its directory: `seeds.json`.
package struct SeedRecord: TestRecord, Equatable {
    package static let file = "seeds.json"
    package static let suffix = "seeds"
    package static let currentSchema = 2

    package let schema: Int
    package let target: String
    package let started: Date
    package let seeds: [UInt64]
    /// How often each seed was run; all of its runs must be the same.
    package let times: Int

    /// - Parameters:
    ///   - seeds: one or more.
    ///   - times: 1 or more.
    package init(target: String, started: Date, seeds: ClosedRange<UInt64>, times: Int) {
        schema = Self.currentSchema
        self.target = target
        self.started = started
        self.seeds = Array(seeds)
        self.times = times
    }

    /// The directory of a seed's run.
    package func run(of seed: UInt64) -> String { "seed-\(seed)" }
    /// The directories of its repetitions; empty if there are none.
    package func repetitions(of seed: UInt64) -> [String] { (1..<times).map { "seed-\(seed)-again-\($0)" } }

    /// The directories of all runs, each first run before its repetitions, and the seed of each.
    package var runs: [(name: String, seed: UInt64)] {
        seeds.flatMap { seed in ([run(of: seed)] + repetitions(of: seed)).map { ($0, seed) } }
    }
}
