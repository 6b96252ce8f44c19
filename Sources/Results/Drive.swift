import Foundation

/// A raw disk image an appliance is launched with.
struct Drive: Sendable {
    let image: URL
    let isReadOnly: Bool
}
