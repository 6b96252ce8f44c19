import Foundation

/// What a repeated test was: the head of its folder, `repetition.json`.
package struct RepetitionRecord: TestRecord, Equatable {
    package static let file = "repetition.json"
    package static let suffix = "repeated"
    package static let currentSchema = 1

    package let schema: Int
    package let target: String
    package let started: Date
    /// The folders of the runs, in the order they were planned; the first has the base too, where there is one.
    package let runs: [String]

    /// - Parameter times: how often the plan is run, 1 or more.
    package init(target: String, started: Date, times: Int) {
        schema = Self.currentSchema
        self.target = target
        self.started = started
        runs = (1...times).map { String(format: "%03d", $0) }
    }
}
