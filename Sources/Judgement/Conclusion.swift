/// The answer in one word, one sentence and the names it is about.
package struct Conclusion: Codable, Sendable, Equatable {
    package enum Answer: String, Codable, Sendable {
        case passed
        case failed
        case couldNotJudge = "could-not-judge"
    }

    package let answer: Answer
    package let reason: String
    /// The workloads that make it fail, by their names in the comparison; empty unless `failed`.
    package let failing: [String]
}
