import Files

/// What is known about the kernel of one subject: where it came from, and the compiler's warnings.
package struct BuildRecord: Codable, Sendable, Equatable {
    /// The kernel's own release string, such as `6.1.192`.
    package let release: String
    package let digest: Digest
    /// Nil in runs that are older than this field.
    package let source: SourceRecord?
    /// The variant of the target's configuration; nil if the target has none, and in runs that are older than this
    /// field.
    package let variant: String?
    /// Nil with this host's own compiler.
    package let toolchain: PeriodToolchain?
    /// The first line of the compiler's `--version`.
    package let compiler: String
    /// The compiler wrapper of the target, such as `toolchain/cc`; nil if there was none.
    package let front: String?
    /// The patches that let the compiler build the tree, for both base and patched; nil in runs that are older than
    /// this field.
    package let toolchainPatches: [PatchOutcome]?
    /// In series order; empty for base.
    package let patches: [PatchOutcome]
    /// The symbols that the fragments ask for only if the tree has them, and that it does not have; nil in runs that
    /// are older than this field.
    package let unknownSymbols: [String]?
    package let warnings: [CompilerWarning]
    /// Wall time of the build that made the artefacts.
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
