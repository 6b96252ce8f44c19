import Files
import Foundation
import HostTools

/// A tarball with one kernel tree in it, compressed in any way tar knows.
struct Tarball {
    private let file: URL
    /// What the user knows the tarball by, for errors.
    private let origin: URL

    /// - Parameter origin: the archive the tarball came in, where it is not the tarball itself.
    init(_ file: URL, of origin: URL? = nil) {
        self.file = file
        self.origin = origin ?? file
    }

    /// Unpacks it and says where in `folder` the tree lies: in the one folder on top, or right there.
    func unpack(into folder: URL) async throws -> URL {
        let content = folder.appending(path: "content")
        try Files.createFolder(content)
        // Tar itself refuses names that leave the folder.
        let result = try await HostTool("tar", environment: ["LC_ALL": "C"]).run([
            "--extract", "--file", file.path, "--directory", content.path, "--no-same-owner",
        ])
        guard result.status == .exited(0) else {
            throw KernelError.cannotUnpack(archive: origin.path, reason: result.tail(3))
        }
        let names = Files.names(in: content)
        if names.contains("Makefile") { return content }
        guard let top = names.first else { throw KernelError.emptyArchive(archive: origin.path) }
        guard names.count == 1 else { throw KernelError.severalTrees(archive: origin.path, names: names) }
        return content.appending(path: top)
    }

    /// Whether tar finds a first name in it.
    static func isTarball(_ file: URL) async throws -> Bool {
        let result = try await HostTool("bash", environment: ["LC_ALL": "C"]).run([
            "-c", #"tar --list --file "$0" 2>/dev/null | head --lines=1"#, file.path,
        ])
        return !result.lines.isEmpty
    }

    /// `linux-2.6.18` for `linux-2.6.18.tar.bz2`; nil for a name that no tarball has.
    static func stem(of name: String) -> String? {
        name.wholeMatch(of: /(.+)\.(?:tar(?:\.(?:bz2|xz|gz))?|tgz|txz|tbz2?)/).map { String($0.1) }
    }
}
