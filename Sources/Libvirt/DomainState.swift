import CLibvirt

/// What a domain is doing now.
package enum DomainState: Sendable, Equatable {
    case running
    case paused
    case shuttingDown
    case shutOff
    case crashed
    /// `virDomainState` as libvirt numbers it.
    case other(Int32)
}

extension DomainState {
    init(_ state: Int32) {
        switch UInt32(bitPattern: state) {
        case VIR_DOMAIN_RUNNING.rawValue, VIR_DOMAIN_BLOCKED.rawValue: self = .running
        case VIR_DOMAIN_PAUSED.rawValue: self = .paused
        case VIR_DOMAIN_SHUTDOWN.rawValue: self = .shuttingDown
        case VIR_DOMAIN_SHUTOFF.rawValue: self = .shutOff
        case VIR_DOMAIN_CRASHED.rawValue: self = .crashed
        default: self = .other(state)
        }
    }
}
