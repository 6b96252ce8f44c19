import Files

/// Where the source of a kernel came from.
package struct SourceRecord: Codable, Sendable, Equatable {
    /// What the target or `--source` gives: a path, a path and a ref, a package.
    package let given: String
    /// Of the archive's bytes, of a commit's tree, or of a directory's content.
    package let digest: Digest
    /// Such as `2.6.18-128.el5`.
    package let version: String

    package init(given: String, digest: Digest, version: String) {
        self.given = given
        self.digest = digest
        self.version = version
    }
}
