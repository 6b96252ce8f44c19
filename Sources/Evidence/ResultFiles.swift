import Foundation

/// The files that a guest left on its results disk.
package enum ResultFiles: Codable, Sendable, Equatable {
    /// The files' names, without a directory, and their bytes.
    case read([String: Data])
    /// The disk could not be read; the reason is the library's message.
    case unreadable(reason: String)
}
