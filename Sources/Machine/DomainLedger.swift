import Libvirt
import Synchronization

/// How domains ended, written by libvirt's event thread and read by whoever watches a guest.
final class DomainLedger: Sendable {
    private let stops = Mutex<[String: LifecycleEvent.StopReason]>([:])

    func record(_ event: LifecycleEvent) {
        switch event.change {
        // What follows then is told as if the guest had switched itself off.
        case .stopped(let reason): stops.withLock { if $0[event.domain] != .destroyed { $0[event.domain] = reason } }
        case .endedByHost: stops.withLock { $0[event.domain] = .destroyed }
        case .crashed: stops.withLock { $0[event.domain] = .crashed }
        case .started, .other: break
        }
    }

    /// To be called before a domain of a name that was used before is started.
    func forget(_ domain: String) { stops.withLock { $0[domain] = nil } }

    func stop(of domain: String) -> LifecycleEvent.StopReason? { stops.withLock { $0[domain] } }
}
