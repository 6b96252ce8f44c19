/// What is known about the kernel of one subject: where it came from, and what the compiler said.
package struct BuildRecord: Codable, Sendable, Equatable {
    /// The kernel's own release string, such as `6.1.192`.
    package let release: String
    package let digest: Digest
    /// The first line of the compiler's `--version`.
    package let compiler: String
    /// In series order; empty for the base.
    package let patches: [PatchOutcome]
    package let warnings: [CompilerWarning]
    /// Wall time of the build in which the artefacts came to be.
    package let seconds: Double

    package init(
        release: String, digest: Digest, compiler: String, patches: [PatchOutcome], warnings: [CompilerWarning],
        seconds: Double
    ) {
        self.release = release
        self.digest = digest
        self.compiler = compiler
        self.patches = patches
        self.warnings = warnings
        self.seconds = seconds
    }
}
