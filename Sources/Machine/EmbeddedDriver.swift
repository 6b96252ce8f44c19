import Evidence
import Files
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

/// The directory of libvirt's QEMU driver when it runs inside this process: settings, sockets, logs.
struct EmbedRoot: Sendable, Equatable {
    let folder: URL

    /// Under /tmp whatever TMPDIR says, because the path of a Unix socket can have at most 107 bytes.
    private static let parent = "/tmp"

    /// One setting per line.
    ///
    /// libvirt does not change the owners of the kernel and the disk. Without namespaces and cgroups there is less to
    /// set up and to remove. Without the capability, libvirt asks for the CPU's state in three questions, with it in
    /// four hundred.
    private static let settings = """
        stdio_handler = "file"
        security_driver = "none"
        dynamic_ownership = 0
        remember_owner = 0
        namespaces = []
        cgroup_controllers = []
        capability_filters = [ "cpu-unavailable-features" ]

        """

    /// As root, QEMU stays root so that it can read a directory of mode 0700; other users cannot change the user at
    /// all.
    private static let settingsOfRoot = """
        user = "root"
        group = "root"

        """

    /// Makes a new root.
    /// - Parameter cache: where libvirt keeps what it learnt about QEMU, shared by all roots, because learning takes
    ///   seconds.
    static func create(cache: URL) throws(MachineError) -> EmbedRoot {
        let root: EmbedRoot
        do throws(FileError) {
            root = EmbedRoot(folder: try Files.createTemporary(in: URL(filePath: parent), named: "drydock"))
        } catch {
            throw .cannotWrite(what: "directory", path: parent, said: error.reason)
        }
        do {
            try Files.createFolder(root.folder.appending(path: "etc"))
            let settings = settings + (geteuid() == 0 ? settingsOfRoot : "")
            try Data(settings.utf8).write(to: root.folder.appending(path: "etc/qemu.conf"))
            try Files.createFolder(cache)
            try FileManager.default.createSymbolicLink(
                at: root.folder.appending(path: "cache"), withDestinationURL: cache.absoluteURL)
        } catch {
            root.remove()
            throw .cannotWrite(what: "directory", path: root.folder.path, said: error.systemReason)
        }
        return root
    }

    init(folder: URL) { self.folder = folder }

    var uri: String { "qemu:///embed?root=\(folder.path)" }

    /// The messages of QEMU and libvirt about a domain.
    func log(of domain: String) -> URL { folder.appending(path: "log/qemu/\(domain).log") }

    /// Removes the directory; the shared cache behind the link stays.
    func remove() { try? FileManager.default.removeItem(at: folder) }
}
