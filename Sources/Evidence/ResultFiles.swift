import Foundation

/// The files a guest left on its results disk.
package enum ResultFiles: Codable, Sendable, Equatable {
    /// Names without a folder, and their bytes.
    case read([String: Data])
    /// The disk could not be read; the reason is the library's own words.
    case unreadable(reason: String)
}
