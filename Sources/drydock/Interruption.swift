import Dispatch
import Foundation
import Synchronization

/// Turns the first SIGINT, SIGTERM or SIGHUP into a call; a second one ends the process at once.
final class Interruption: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let sources: [any DispatchSourceSignal & Sendable]

    /// The signal that came, or nil.
    var signal: Int32? { received.withLock { $0 } }

    init(_ act: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            Foundation.signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for (source, number) in zip(sources, [SIGINT, SIGTERM, SIGHUP]) {
            source.setEventHandler { [weak self] in
                self?.received.withLock { $0 = $0 ?? number }
                Foundation.signal(number, SIG_DFL)
                act()
            }
            source.resume()
        }
    }
}
