import Evidence

/// The steps of a test, in the order in which data flows through them.
package enum Stage: String, Codable, Sendable, CaseIterable {
    case host
    case source
    case series
    case build
    case image
    case disk
    case boot
    case results
}
