import Foundation

/// The description of a repeated test, at the top of its directory: `repetition.json`.
package struct RepetitionRecord: TestRecord, Equatable {
    package static let file = "repetition.json"
    package static let suffix = "repeated"
    package static let currentSchema = 1

    package let schema: Int
    package let target: String
    package let started: Date
    /// The directories of the runs, in the planned order; the first also has base, if there is one.
    package let runs: [String]

    /// - Parameter times: how often the plan is run, 1 or more.
    package init(target: String, started: Date, times: Int) {
        schema = Self.currentSchema
        self.target = target
        self.started = started
        runs = (1...times).map { String(format: "%03d", $0) }
    }
}
