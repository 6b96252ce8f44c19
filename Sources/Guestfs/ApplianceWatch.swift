import Foundation
import Synchronization

/// What other threads may know of an appliance, and the one thing they may do to it: kill it.
///
/// A launch holds the lock of its handle until it ends, so only the death of QEMU cuts it short: neither
/// `guestfs_user_cancel` nor a close from another thread does.
package final class ApplianceWatch: Sendable {
    private struct State {
        var process: pid_t?
        var reason: String?
        var tail: [UInt8] = []
    }

    private static let tailLimit = 8192
    private let state = Mutex(State())

    package init() {}

    /// The process of the appliance's QEMU, while there is one.
    package var process: pid_t? { state.withLock { $0.process } }

    /// Why the appliance was killed; nil if it was not.
    package var reason: String? { state.withLock { $0.reason } }

    /// Kills the appliance now, or as soon as it exists.
    package func kill(because reason: String) {
        state.withLock { state in
            state.reason = state.reason ?? reason
            if let process = state.process { _ = Foundation.kill(process, SIGKILL) }
        }
    }

    /// The last lines the appliance or the library printed.
    package func lastLines(_ count: Int = 5) -> [String] {
        let text = String(decoding: state.withLock { $0.tail }, as: UTF8.self)
        let printable = text.unicodeScalars.filter { $0 == "\n" || !$0.properties.generalCategory.isControl }
        let lines = String(String.UnicodeScalarView(printable)).split(separator: "\n")
        return lines.suffix(count).map(String.init)
    }

    func started(_ process: pid_t) {
        state.withLock { state in
            state.process = process
            if state.reason != nil { _ = Foundation.kill(process, SIGKILL) }
        }
    }

    /// From here on libguestfs reaps the process, and its number may come to mean another process.
    func willEnd() {
        state.withLock { $0.process = nil }
    }

    func printed(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            state.tail.append(contentsOf: bytes.suffix(Self.tailLimit))
            if state.tail.count > 2 * Self.tailLimit { state.tail.removeFirst(state.tail.count - Self.tailLimit) }
        }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool { self == .control || self == .format }
}
