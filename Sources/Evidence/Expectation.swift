/// What a workload must do for its claim to hold.
package enum Expectation: String, Codable, Sendable, Equatable {
    /// Every check of its KTAP output is `ok`, and it exits with status 0.
    case pass
}
