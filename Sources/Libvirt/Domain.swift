import CLibvirt
import Glibc

/// A handle of one domain; releasing it does nothing to the domain.
package struct Domain: ~Copyable {
    package let name: String
    private let pointer: OpaquePointer

    /// Takes over `pointer`.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        name = virDomainGetName(pointer).map { String(cString: $0) } ?? ""
    }

    deinit { virDomainFree(pointer) }

    package func uuid() throws(LibvirtError) -> String {
        var text = [CChar](repeating: 0, count: Int(VIR_UUID_STRING_BUFLEN))
        guard virDomainGetUUIDString(pointer, &text) == 0 else { throw .last("read the UUID of domain", name) }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The state, and whether QEMU paused the domain because the host could not read or write its disk.
    package func state() throws(LibvirtError) -> (state: DomainState, isPausedByDiskError: Bool) {
        var state: Int32 = 0
        var reason: Int32 = 0
        guard virDomainGetState(pointer, &state, &reason, 0) == 0 else { throw .last("read the state of domain", name) }
        let ioError = Int32(bitPattern: VIR_DOMAIN_PAUSED_IOERROR.rawValue)
        return (DomainState(state), DomainState(state) == .paused && reason == ioError)
    }

    /// The domain's description as libvirt completed it.
    package func xml() throws(LibvirtError) -> String {
        guard let text = virDomainGetXMLDesc(pointer, 0) else { throw .last("read the description of domain", name) }
        defer { free(text) }
        return String(cString: text)
    }

    /// Lets the CPUs of a domain that was started paused run.
    package func resume() throws(LibvirtError) {
        guard virDomainResume(pointer) == 0 else { throw .last("resume domain", name) }
    }

    /// Ends the domain at once; it is not an error if the domain has already ended.
    package func destroy() throws(LibvirtError) {
        guard virDomainDestroy(pointer) != 0 else { return }
        let error = LibvirtError.last("destroy domain", name)
        if !error.meansGone { throw error }
    }
}

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
