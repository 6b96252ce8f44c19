import Files

/// What is known about the kernel of one subject: where it came from, and what the compiler said.
package struct BuildRecord: Codable, Sendable, Equatable {
    /// The kernel's own release string, such as `6.1.192`.
    package let release: String
    package let digest: Digest
    /// Nil in runs that are older than this.
    package let source: SourceRecord?
    /// The variant of the target's configuration; nil where the target has none, and in runs that are older than this.
    package let variant: String?
    /// Nil with this host's own compiler.
    package let toolchain: PeriodToolchain?
    /// The first line of the compiler's `--version`.
    package let compiler: String
    /// The script of the target that stood before the compiler, such as `toolchain/cc`; nil where none did.
    package let front: String?
    /// What made the tree fit for the compiler, on base and patched alike; nil in runs that are older than this.
    package let toolchainPatches: [PatchOutcome]?
    /// In series order; empty for the base.
    package let patches: [PatchOutcome]
    /// The symbols the fragments ask for where the tree has them, and it has not; nil in runs that are older than this.
    package let unknownSymbols: [String]?
    package let warnings: [CompilerWarning]
    /// Wall time of the build in which the artefacts came to be.
    package let seconds: Double

    package init(
        release: String, digest: Digest, source: SourceRecord, variant: String?, toolchain: PeriodToolchain?,
        compiler: String, front: String?, toolchainPatches: [PatchOutcome], patches: [PatchOutcome],
        unknownSymbols: [String], warnings: [CompilerWarning], seconds: Double
    ) {
        self.release = release
        self.digest = digest
        self.source = source
        self.variant = variant
        self.toolchain = toolchain
        self.compiler = compiler
        self.front = front
        self.toolchainPatches = toolchainPatches
        self.patches = patches
        self.unknownSymbols = unknownSymbols
        self.warnings = warnings
        self.seconds = seconds
    }
}
