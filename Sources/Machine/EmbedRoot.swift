import Evidence
import Files
import Foundation

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
