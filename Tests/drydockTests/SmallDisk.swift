import Foundation

/// A file system that is soon full, for one command alone.
enum SmallDisk {
    /// Shell words after which a command sees a file system of `size` bytes at `folder`.
    static func command(at folder: String, size: String) -> String {
        """
        unshare --mount --map-root-user bash -c \
            'mkdir -p "$0" && mount -t tmpfs -o size=\(size) none "$0" && exec "$@"' \(folder)
        """
    }

    /// Whether this host lets this user mount one.
    static let canBeMade: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
