import CLibvirt
import Foundation

/// A connection to a hypervisor, closed when it goes out of scope.
///
/// Every call blocks; the caller must run it on a thread that may block.
package struct Connection: ~Copyable {
    package let uri: String
    private let pointer: OpaquePointer
    private var callbacks: [Int32] = []

    /// Connects, after starting the event loop and silencing libvirt's messages on standard error.
    package init(opening uri: String) throws(LibvirtError) {
        try EventLoop.start()
        virSetErrorFunc(nil) { _, _ in }
        guard let pointer = virConnectOpen(uri) else { throw .last("connect to", uri) }
        self.uri = uri
        self.pointer = pointer
    }

    deinit {
        for callback in callbacks { virConnectDomainEventDeregisterAny(pointer, callback) }
        virConnectClose(pointer)
    }

    /// The version of the libvirt library: "9.0.0".
    package static var libraryVersion: String {
        var version: UInt = 0
        return virGetVersion(&version, nil, nil) == 0 ? dotted(version) : "unknown"
    }

    /// The version of the hypervisor behind the connection: "7.2.22".
    package func hypervisorVersion() throws(LibvirtError) -> String {
        var version: UInt = 0
        guard virConnectGetVersion(pointer, &version) == 0 else { throw .last("read the version of", uri) }
        return Self.dotted(version)
    }

    package var isAlive: Bool { virConnectIsAlive(pointer) == 1 }

    /// Starts a transient domain.
    /// - Parameters:
    ///   - autodestroy: the domain ends with this connection; the embedded driver refuses this.
    ///   - paused: its CPUs do not run before `resume`.
    package func createDomain(
        xml: String, named name: String, autodestroy: Bool, paused: Bool = false
    ) throws(LibvirtError) -> Domain {
        let flags =
            (autodestroy ? VIR_DOMAIN_START_AUTODESTROY.rawValue : 0) | (paused ? VIR_DOMAIN_START_PAUSED.rawValue : 0)
        guard let domain = virDomainCreateXML(pointer, xml, flags) else { throw .last("start domain", name) }
        return Domain(owning: domain)
    }

    /// - Throws: an error that `meansGone` if there is no such domain.
    package func domain(named name: String) throws(LibvirtError) -> Domain {
        guard let domain = virDomainLookupByName(pointer, name) else { throw .last("find domain", name) }
        return Domain(owning: domain)
    }

    /// Calls `handler` for every lifecycle change of every domain, on the event loop's thread, until the connection
    /// closes.
    ///
    /// A `started` event can arrive before the call that starts the domain returns.
    package mutating func onLifecycle(_ handler: @escaping @Sendable (LifecycleEvent) -> Void) throws(LibvirtError) {
        let callback: virConnectDomainEventCallback = { _, domain, event, detail, opaque in
            guard let domain, let opaque, let name = virDomainGetName(domain) else { return 0 }
            Unmanaged<Listener>.fromOpaque(opaque).takeUnretainedValue().handler(
                LifecycleEvent(
                    domain: String(cString: name), change: LifecycleEvent.Change(event: event, detail: detail)))
            return 0
        }
        let listener = Unmanaged.passRetained(Listener(handler))
        // VIR_DOMAIN_EVENT_CALLBACK is a macro in C: each kind of event has its own callback type.
        let identifier = virConnectDomainEventRegisterAny(
            pointer, nil, Int32(VIR_DOMAIN_EVENT_ID_LIFECYCLE.rawValue),
            unsafeBitCast(callback, to: virConnectDomainEventGenericCallback.self), listener.toOpaque(),
            { opaque in if let opaque { Unmanaged<Listener>.fromOpaque(opaque).release() } })
        guard identifier >= 0 else {
            listener.release()
            throw .last("listen to", uri)
        }
        callbacks.append(identifier)
    }

    private static func dotted(_ version: UInt) -> String {
        "\(version / 1_000_000).\(version / 1000 % 1000).\(version % 1000)"
    }
}

/// Carries a Swift closure through C's `void *`.
private final class Listener: Sendable {
    let handler: @Sendable (LifecycleEvent) -> Void

    init(_ handler: @escaping @Sendable (LifecycleEvent) -> Void) { self.handler = handler }
}

/// libvirt's own event loop, run by its own thread for the life of the process.
///
/// The embedded driver refuses to open without a loop, and lifecycle events arrive on the loop's thread.
package enum EventLoop {
    private static let failure: LibvirtError? = {
        guard virEventRegisterDefaultImpl() == 0 else { return .last("register", "libvirt's event loop") }
        let thread = Thread { while virEventRunDefaultImpl() == 0 {} }
        thread.name = "libvirt events"
        thread.start()
        return nil
    }()

    /// Starts the loop if it does not run yet.
    package static func start() throws(LibvirtError) {
        if let failure { throw failure }
    }
}
