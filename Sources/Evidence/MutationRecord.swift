import Foundation

/// The description of a mutation test, at the top of its directory: `mutation.json`.
package struct MutationRecord: TestRecord, Equatable {
    package static let file = "mutation.json"
    package static let suffix = "mutants"
    package static let currentSchema = 1

    /// The patched kernel itself, booted with all workloads that the mutants of one variant name.
    package struct Control: Codable, Sendable, Equatable {
        package let variant: String?
        /// The seed that it is the control for; nil if it is for all.
        package let seed: UInt64?
        /// The directory of its run, relative to the test's.
        package let run: String

        package init(variant: String?, seed: UInt64? = nil, run: String) {
            self.variant = variant
            self.seed = seed
            self.run = run
        }
    }

    package let schema: Int
    package let target: String
    /// The tree's version, such as `2.6.18-128.el5`.
    package let version: String
    package let started: Date
    package var controls: [Control]
    package var mutants: [MutantRecord]
    /// The names of the mutants that are for other trees.
    package let leftOut: [String]
    /// If seeds are searched, the names of the mutants that no race must notice.
    package let withoutRace: [String]?

    package init(
        target: String, version: String, started: Date, controls: [Control] = [], mutants: [MutantRecord],
        leftOut: [String], withoutRace: [String]? = nil
    ) {
        schema = Self.currentSchema
        self.target = target
        self.version = version
        self.started = started
        self.controls = controls
        self.mutants = mutants
        self.leftOut = leftOut
        self.withoutRace = withoutRace
    }
}
