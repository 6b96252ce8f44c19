import HostTools

/// A file system that is soon full, for one command alone.
enum SmallDisk {
    /// Shell words after which a command sees a file system of `size` bytes at `folder`.
    static func command(at folder: String, size: String) -> String {
        """
        unshare --mount --map-root-user bash -c \\
            'mkdir -p "$0" && mount -t tmpfs -o size=\(size) none "$0" && exec "$@"' \(folder)
        """
    }

    /// Whether this host lets this user mount one.
    static func canBeMade() async throws -> Bool {
        let mount = ["--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt"]
        return try await HostTool("unshare").run(mount).status == .exited(0)
    }
}
