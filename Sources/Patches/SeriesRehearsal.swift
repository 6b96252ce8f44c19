import Evidence
import Files
import Foundation
import KernelSources

/// A series tried on copies of the files that it touches, after the toolchain's own; the source itself is only read.
package struct SeriesRehearsal: Sendable {
    /// How the toolchain's patches applied, in order, up to the first that was rejected.
    package let toolchain: [PatchOutcome]
    /// The same of the series; empty if a patch of the toolchain was rejected.
    package let outcomes: [PatchOutcome]
    /// The file that shows that the source already has what the series brings; the series was not tried then.
    package let provided: String?
    private let source: KernelSource
    private let series: URL
    private let toolchainPatches: [KeptPatch]
    private let seriesPatches: [KeptPatch]
    /// No patch of the series is for this tree, or none of those that are applies by itself.
    private let isForAnotherTree: Bool
    /// What differs from the source after the toolchain's patches, and after all patches.
    private let baseFiles: [String: TreeFile]
    private let files: [String: TreeFile]

    /// What base has in addition to the source.
    /// - Throws: `SeriesError.toolchainPatchRejected`.
    package func base() throws(SeriesError) -> SeriesApplication {
        if let (patch, rejects) = Self.rejection(in: toolchain) {
            throw .toolchainPatchRejected(patch: patch, version: source.version, rejects: rejects)
        }
        return SeriesApplication(
            source: source.digest, toolchain: toolchain, outcomes: [], files: baseFiles, patches: toolchainPatches)
    }

    /// What the patched kernel has in addition to the source.
    /// - Throws: `SeriesError.patchRejected` or `.forAnotherTree` if a patch does not apply, or `.changesNothing` if
    ///   base and patched would be the same kernel.
    package func application() throws(SeriesError) -> SeriesApplication {
        _ = try base()
        let rejection = Self.rejection(in: outcomes)
        if isForAnotherTree {
            throw .forAnotherTree(
                series: series.path, version: source.version, patch: rejection?.patch, rejects: rejection?.rejects)
        }
        if let (patch, rejects) = rejection { throw .patchRejected(patch: patch, rejects: rejects) }
        if !outcomes.isEmpty, files == baseFiles {
            throw .changesNothing(series: series.path, version: source.version)
        }
        return SeriesApplication(
            source: source.digest, toolchain: toolchain, outcomes: outcomes, files: files,
            patches: toolchainPatches + seriesPatches)
    }

    /// Applies the patches in order, up to the first that is rejected.
    /// - Parameters:
    ///   - provided: a file that shows that a source already has what the series brings.
    ///   - toolchain: what both base and patched get.
    ///   - onProgress: called if this waits for another drydock.
    package init(
        of series: PatchSeries, providing provided: String? = nil, after toolchain: PatchSeries? = nil,
        on source: KernelSource, cache: KernelCache, onProgress: (String) -> Void = { _ in }
    ) async throws {
        let folder = cache.scratch.appending(path: source.digest.short)
        let lock = cache.scratch.appending(path: "\(source.digest.short).lock")
        self.source = source
        self.series = series.file
        func kept(_ series: PatchSeries?) -> [KeptPatch] {
            (series?.patches ?? []).filter { $0.condition.holds(for: source.version) }.map(\.kept)
        }
        toolchainPatches = kept(toolchain)
        seriesPatches = kept(series)
        let provided = provided.flatMap { Files.exists(source.tree.appending(path: $0)) ? $0 : nil }
        self.provided = provided
        let wait = { onProgress("waiting for another drydock, which tries a series on \(source.version)") }
        (self.toolchain, baseFiles, outcomes, isForAnotherTree, files) = try await FileLock.hold(lock, onWait: wait) {
            try Files.remove(folder)
            defer { try? Files.remove(folder) }
            var stage = try SeriesStage(source: source.tree, folder: folder)
            let first = try await Self.apply(toolchain?.patches ?? [], on: source.version, &stage)
            let between = try stage.changes()
            // If the source was changed, that is reported, and not the patch.
            if Self.rejection(in: first) != nil { try await source.check(cache) }
            guard Self.rejection(in: first) == nil, provided == nil else {
                return (first, between, [], false, between)
            }
            let outcomes = try await Self.apply(series.patches, on: source.version, &stage)
            if Self.rejection(in: outcomes) != nil { try await source.check(cache) }
            let isForeign = try await Self.isForAnotherTree(series.patches, outcomes, on: source.version, stage)
            return (first, between, outcomes, isForeign, try stage.changes())
        }
    }

    private static func rejection(in outcomes: [PatchOutcome]) -> (patch: String, rejects: String)? {
        guard let last = outcomes.last, case .rejected(let rejects) = last.application else { return nil }
        return (last.patch, rejects)
    }

    private static func apply(
        _ patches: [SeriesPatch], on version: String, _ stage: inout SeriesStage
    ) async throws -> [PatchOutcome] {
        var outcomes: [PatchOutcome] = []
        for patch in patches {
            let application =
                patch.condition.holds(for: version)
                ? try await stage.apply(patch) : PatchOutcome.Application.notForThisTree
            outcomes.append(PatchOutcome(patch: patch.name, application: application))
            if case .rejected = application { break }
        }
        return outcomes
    }

    /// - Parameter stage: the files after the patches of `outcomes`.
    private static func isForAnotherTree(
        _ patches: [SeriesPatch], _ outcomes: [PatchOutcome], on version: String, _ stage: SeriesStage
    ) async throws -> Bool {
        guard rejection(in: outcomes) != nil else {
            return !outcomes.isEmpty && outcomes.allSatisfy { $0.application == .notForThisTree }
        }
        guard stage.isForOtherFiles, outcomes.dropLast().allSatisfy({ $0.application == .notForThisTree }) else {
            return false
        }
        var stage = stage
        for patch in patches.dropFirst(outcomes.count) where patch.condition.holds(for: version) {
            let application = try await stage.apply(patch, keep: false)
            guard case .rejected = application, stage.isForOtherFiles else { return false }
        }
        return true
    }
}
