import CLibvirt
import Foundation

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
