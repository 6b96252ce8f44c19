import Foundation
import Synchronization

/// What this process keeps for libvirt's embedded QEMU driver, which is bound to one directory after it was opened.
struct EmbeddedDriver: Sendable {
    let root: EmbedRoot
    /// The prefix of the names of all domains of this process.
    let prefix: String
    private let warden: Warden

    private static let opened = Mutex<EmbeddedDriver?>(nil)

    /// This process's driver, made ready at the first call.
    /// - Parameters:
    ///   - cache: where libvirt keeps what it learnt about QEMU.
    ///   - warden: the program whose sub-command `warden` calls `Warden.run`.
    static func shared(cache: URL, warden: URL) throws(MachineError) -> EmbeddedDriver {
        try opened.withLock { opened throws(MachineError) in
            if let opened { return opened }
            let root = try EmbedRoot.create(cache: cache)
            do throws(MachineError) {
                let driver = EmbeddedDriver(
                    root: root, prefix: Hypervisor.newPrefix(),
                    warden: try Warden.start(executable: warden, root: root.folder))
                opened = driver
                atexit { EmbeddedDriver.leave() }
                return driver
            } catch {
                root.remove()
                throw error
            }
        }
    }

    /// Cleans up; if drydock dies before, the warden does the same.
    private static func leave() {
        opened.withLock { driver in
            guard let left = driver else { return }
            Warden.endEmulators(of: left.root.folder)
            left.warden.dismiss()
            left.root.remove()
            driver = nil
        }
    }
}
