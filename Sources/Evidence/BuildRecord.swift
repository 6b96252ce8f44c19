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

/// A warning of the compiler about the tree.
package struct CompilerWarning: Codable, Sendable, Hashable {
    /// Relative to the top of the tree.
    package let file: String
    package let line: Int
    package let message: String
    /// The option that controls it, such as `-Wunused-variable`.
    package let option: String?

    package init(file: String, line: Int, message: String, option: String?) {
        self.file = file
        self.line = line
        self.message = message
        self.option = option
    }
}

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
