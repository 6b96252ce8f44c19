import Foundation

/// What a test of many seeds was: the head of its folder, `seeds.json`.
package struct SeedRecord: TestRecord, Equatable {
    package static let file = "seeds.json"
    package static let suffix = "seeds"
    package static let currentSchema = 1

    package let schema: Int
    package let target: String
    package let started: Date
    package let seeds: [UInt64]
    /// Whether each seed was run twice, to compare the two.
    package let checksDeterminism: Bool

    /// - Parameter seeds: one or more.
    package init(target: String, started: Date, seeds: ClosedRange<UInt64>, checksDeterminism: Bool) {
        schema = Self.currentSchema
        self.target = target
        self.started = started
        self.seeds = Array(seeds)
        self.checksDeterminism = checksDeterminism
    }

    /// The folder of a seed's run.
    package func run(of seed: UInt64) -> String { "seed-\(seed)" }
    /// The folder of its second run, where there is one.
    package func repetition(of seed: UInt64) -> String { "seed-\(seed)-again" }

    /// The folders of all runs, each first run before its repetition, and the seed of each.
    package var runs: [(name: String, seed: UInt64)] {
        seeds.flatMap { seed in
            [(run(of: seed), seed)] + (checksDeterminism ? [(repetition(of: seed), seed)] : [])
        }
    }
}
