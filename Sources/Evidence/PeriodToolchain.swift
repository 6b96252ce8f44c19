/// A toolchain that replaces this host's compiler and the target's compiler wrappers.
package struct PeriodToolchain: Codable, Sendable, Equatable {
    /// The prefix of the names of its programs, such as `/opt/gcc-4.1/bin/x86_64-linux-`.
    package let prefix: String?
    /// The directory of a chroot with its programs and make.
    package let root: String?

    /// - Returns: nil if neither is given.
    package init?(prefix: String?, root: String?) {
        if prefix == nil && root == nil { return nil }
        self.prefix = prefix
        self.root = root
    }
}
