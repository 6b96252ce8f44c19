import Foundation

/// A raw disk image for the launch of an appliance.
struct Drive: Sendable {
    let image: URL
    let isReadOnly: Bool
}
