import Libvirt
import Synchronization

/// How domains ended, written by libvirt's event thread and read by the watcher of a guest.
final class DomainLedger: Sendable {
    private let stops = Mutex<[String: LifecycleEvent.StopReason]>([:])

    func record(_ event: LifecycleEvent) {
        switch event.change {
        // After a destroy, libvirt reports an end as if the guest had powered off.
        case .stopped(let reason): stops.withLock { if $0[event.domain] != .destroyed { $0[event.domain] = reason } }
        case .endedByHost: stops.withLock { $0[event.domain] = .destroyed }
        case .crashed: stops.withLock { $0[event.domain] = .crashed }
        case .started, .other: break
        }
    }

    /// To be called before a domain starts under a name that was used before.
    func forget(_ domain: String) { stops.withLock { $0[domain] = nil } }

    func stop(of domain: String) -> LifecycleEvent.StopReason? { stops.withLock { $0[domain] } }
}
