import Foundation
import HostTools

/// Make in one kernel tree, with the toolchain's variables and without the caller's variables that kbuild reads.
struct Make: Sendable {
    let slot: TreeSlot
    let toolchain: Toolchain

    /// A non-zero exit is a result.
    /// - Parameters:
    ///   - isSorted: each target's output arrives in one piece, when the target is done; if false, make runs one job at
    ///     a time.
    ///   - folder: a directory that make needs to see in addition to the cache.
    func run(
        _ goals: [String], variables: [String] = [], isSorted: Bool = true, seeing folder: URL? = nil,
        onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        let jobs = isSorted ? ProcessInfo.processInfo.activeProcessorCount : 1
        let clean =
            Self.foreign.flatMap { ["--unset", $0] } + ["LC_ALL=C"] + Self.compilerCache + toolchain.environment
        let make =
            ["make", "--jobs=\(jobs)"] + (isSorted && toolchain.makeSortsOutput ? ["--output-sync=target"] : [])
            + toolchain.variables + slot.variables + variables + goals
        let command =
            toolchain.chroot?.words(make, in: slot.tree.path, seeing: folder.map { [$0] } ?? []) ?? make
        return try await HostTool("env").run(clean + command, in: slot.tree, onLine: onLine)
    }

    /// Settings of ccache.
    ///
    /// In depend mode a first build costs 8 % more than without a cache, otherwise 27 %. But depend mode does not see
    /// that the assembler file around a kernel's image includes that kernel (`.incbin`): if two kernels are compressed
    /// to the same size, it returns the image of the other. A user's permission to take a file for unchanged, or to
    /// share files with a tree, must not apply to kernels that are compared. The name keeps out what an earlier drydock
    /// left in a user's cache.
    private static let compilerCache = [
        "CCACHE_NODEPEND=1", "CCACHE_NOHARDLINK=1", "CCACHE_SLOPPINESS=",
        "CCACHE_NAMESPACE=drydock-\(TreeSlot.preparation)",
    ]

    /// `make vm-test` itself passes on MAKEFLAGS; the others are usual settings of kernel developers.
    private static let foreign = [
        "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEFILES", "GNUMAKEFLAGS", "ARCH", "SUBARCH", "CROSS_COMPILE", "LLVM",
        "CC", "HOSTCC", "LD", "KBUILD_OUTPUT", "KBUILD_EXTMOD", "KBUILD_VERBOSE", "KBUILD_EXTRA_SYMBOLS",
        "KCONFIG_CONFIG", "KCONFIG_ALLCONFIG", "KCFLAGS", "KAFLAGS", "KCPPFLAGS", "CFLAGS", "LDFLAGS", "HOSTCFLAGS",
        "HOSTLDFLAGS", "CPATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "KERNELRELEASE", "LOCALVERSION", "V", "W", "C", "O",
    ]
}
