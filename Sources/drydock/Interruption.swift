import Dispatch
import Foundation
import Synchronization

/// Turns the first SIGINT, SIGTERM or SIGHUP into a call; a second one ends the process at once; a SIGINT while another
/// program has the terminal is for that program.
struct Interruption {
    private final class Record: Sendable {
        let signal = Mutex<Int32?>(nil)
    }

    private let record = Record()
    private static let terminalIsHandedOver = Mutex(false)
    private let sources: [any DispatchSourceSignal]

    /// The signal that came; nil if none did.
    var signal: Int32? { record.signal.withLock { $0 } }

    init(_ act: @escaping @Sendable () -> Void) {
        let record = record
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            // Not SIG_IGN, because the programs that drydock starts would inherit it.
            Foundation.signal(number) { _ in }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if number == SIGINT, Self.terminalIsHandedOver.withLock({ $0 }) { return }
                record.signal.withLock { $0 = $0 ?? number }
                Foundation.signal(number, SIG_DFL)
                act()
            }
            source.resume()
            return source
        }
    }

    /// Runs `body`, whose program has the terminal, so that a Ctrl-C, which reaches the whole process group, does not
    /// end drydock.
    static func leavingTheTerminal(to body: () async throws -> Void) async throws {
        terminalIsHandedOver.withLock { $0 = true }
        defer { terminalIsHandedOver.withLock { $0 = false } }
        try await body()
    }
}
