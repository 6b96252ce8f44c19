import CLibvirt
import Foundation

/// libvirt's own event loop, run by a thread of its own for the life of the process.
///
/// The embedded driver refuses to open without one, and lifecycle events arrive on its thread.
package enum EventLoop {
    private static let failure: LibvirtError? = {
        guard virEventRegisterDefaultImpl() == 0 else { return .last("register", "libvirt's event loop") }
        let thread = Thread { while virEventRunDefaultImpl() == 0 {} }
        thread.name = "libvirt events"
        thread.start()
        return nil
    }()

    /// Starts the loop where it does not run yet.
    package static func start() throws(LibvirtError) {
        if let failure { throw failure }
    }
}
