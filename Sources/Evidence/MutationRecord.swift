import Foundation

/// What a mutation test was: the head of its folder, `mutation.json`.
package struct MutationRecord: TestRecord, Equatable {
    package static let file = "mutation.json"
    package static let suffix = "mutants"
    package static let currentSchema = 1

    /// The patched kernel itself, booted with all workloads that the mutants of one variant name.
    package struct Control: Codable, Sendable, Equatable {
        package let variant: String?
        /// The folder of its run, relative to that of the test.
        package let run: String

        package init(variant: String?, run: String) {
            self.variant = variant
            self.run = run
        }
    }

    package let schema: Int
    package let target: String
    /// The tree's, such as `2.6.18-128.el5`.
    package let version: String
    package let started: Date
    package var controls: [Control]
    package var mutants: [MutantRecord]
    /// The names of the mutants that are marked for other trees.
    package let leftOut: [String]

    package init(
        target: String, version: String, started: Date, controls: [Control] = [], mutants: [MutantRecord],
        leftOut: [String]
    ) {
        schema = Self.currentSchema
        self.target = target
        self.version = version
        self.started = started
        self.controls = controls
        self.mutants = mutants
        self.leftOut = leftOut
    }
}
