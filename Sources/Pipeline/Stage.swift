import Evidence

/// The steps of a test, in the order in which data flows through them.
package enum Stage: String, Codable, Sendable, CaseIterable {
    case source
    case series
    case build
    case image
    case boot
    case results
    case verdict
}
