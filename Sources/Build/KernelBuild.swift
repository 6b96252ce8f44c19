import Evidence
import Files
import Foundation
import HostTools
import KernelSources
import Patches

/// A kernel that was built, with its tree, so that modules can be built against it.
package struct KernelBuild: Sendable {
    package let subject: Subject
    /// The source's version, which the series does not change: `2.6.18-128.el5`.
    package let version: String
    /// Of all inputs.
    package let digest: Digest
    /// Of the output: two kernels with the same one behave alike.
    package let code: Digest
    /// The top of the build tree; it stays this build's until another series is built for the same subject.
    package let tree: URL
    /// These three are copies, which later builds leave alone.
    package let bzImage: URL
    package let systemMap: URL
    package let config: URL
    package let record: BuildRecord
    /// The patches that it has in addition to its source, in order.
    package let patches: [KeptPatch]
    /// Whether nothing had to be done, because the same inputs were built before.
    package let reused: Bool

    let slot: TreeSlot
    private let toolchain: Toolchain

    /// The kernel's own release string.
    package var release: String { record.release }

    init(
        subject: Subject, slot: TreeSlot, state: BuildState, source: KernelSource, variant: String?,
        series: SeriesApplication?, toolchain: Toolchain, reused: Bool
    ) {
        self.subject = subject
        version = source.version
        self.slot = slot
        patches = series?.patches ?? []
        self.toolchain = toolchain
        self.reused = reused
        digest = state.digest
        code = state.code
        tree = slot.tree
        let artefacts = slot.artefacts.appending(path: state.digest.short)
        bzImage = artefacts.appending(path: "bzImage")
        systemMap = artefacts.appending(path: "System.map")
        config = artefacts.appending(path: "config")
        record = BuildRecord(
            release: state.release, digest: state.digest, source: source.record, variant: variant,
            toolchain: toolchain.period, compiler: toolchain.compiler, front: toolchain.front?.name,
            toolchainPatches: series?.toolchain ?? [],
            patches: series?.outcomes ?? [], unknownSymbols: state.unknownSymbols, warnings: state.warnings,
            seconds: state.seconds)
    }

    /// Builds, in `folder`, the external module whose sources and Kbuild file are there.
    ///
    /// A module that does not compile is a result, not an error.
    package func makeModules(
        in folder: URL, onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        let wait = { onLine("waiting for another build in \(slot.folder.path) to end") }
        return try await FileLock.hold(slot.lock, onWait: wait) {
            guard BuildState.of(slot, digest) != nil else { throw BuildError.treeTaken(tree: tree.path) }
            let result = try await Make(slot: slot, toolchain: toolchain).run(
                ["modules"], variables: ["M=\(folder.path)"], seeing: folder, onLine: onLine)
            if let (trouble, said) = result.hostTrouble {
                throw ToolError.hostFailed(
                    act: "build modules against \(tree.path)", trouble: trouble, said: said, log: nil)
            }
            return result
        }
    }
}
