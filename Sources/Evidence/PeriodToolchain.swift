/// What takes the place of this host's compiler and of the target's fronts.
package struct PeriodToolchain: Codable, Sendable, Equatable {
    /// What the names of its programs begin with, such as `/opt/gcc-4.1/bin/x86_64-linux-`.
    package let prefix: String?
    /// The folder of a chroot that holds them, and make.
    package let root: String?

    /// - Returns: nil where neither is given.
    package init?(prefix: String?, root: String?) {
        if prefix == nil && root == nil { return nil }
        self.prefix = prefix
        self.root = root
    }
}
