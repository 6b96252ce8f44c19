import CLibvirt

/// A change in the life of a domain, as libvirt reported it.
package struct LifecycleEvent: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        case started
        case stopped(StopReason)
        case crashed
        /// Something on the host asked the hypervisor's process to end, for example with a signal.
        case endedByHost
        /// Defined, suspended, resumed, shutting down, and what later versions add.
        case other(Int32)
    }

    package enum StopReason: Sendable, Equatable {
        /// The guest powered off, or reset and a reset ends the domain.
        case shutdown
        case destroyed
        case crashed
        /// The hypervisor's process ended by itself.
        case failed
        case other(Int32)
    }

    /// The domain's name.
    package let domain: String
    package let change: Change

    package init(domain: String, change: Change) {
        self.domain = domain
        self.change = change
    }
}

extension LifecycleEvent.Change {
    init(event: Int32, detail: Int32) {
        switch UInt32(bitPattern: event) {
        case VIR_DOMAIN_EVENT_STARTED.rawValue: self = .started
        case VIR_DOMAIN_EVENT_STOPPED.rawValue: self = .stopped(LifecycleEvent.StopReason(detail: detail))
        case VIR_DOMAIN_EVENT_CRASHED.rawValue: self = .crashed
        case VIR_DOMAIN_EVENT_SHUTDOWN.rawValue
        where UInt32(bitPattern: detail) == VIR_DOMAIN_EVENT_SHUTDOWN_HOST.rawValue:
            self = .endedByHost
        default: self = .other(event)
        }
    }
}

extension LifecycleEvent.StopReason {
    init(detail: Int32) {
        switch UInt32(bitPattern: detail) {
        case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN.rawValue: self = .shutdown
        case VIR_DOMAIN_EVENT_STOPPED_DESTROYED.rawValue: self = .destroyed
        case VIR_DOMAIN_EVENT_STOPPED_CRASHED.rawValue: self = .crashed
        case VIR_DOMAIN_EVENT_STOPPED_FAILED.rawValue: self = .failed
        default: self = .other(detail)
        }
    }
}
