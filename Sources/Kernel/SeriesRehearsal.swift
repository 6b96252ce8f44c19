import Evidence
import Foundation

/// A series tried out on copies of the files it touches; the source itself is only read.
package struct SeriesRehearsal: Sendable {
    /// In series order; what follows a rejected patch was not tried.
    package let outcomes: [PatchOutcome]
    private let source: Digest
    private let files: [String: TreeFile]

    /// - Throws: `KernelError.patchRejected` where a patch does not apply.
    package func application() throws(KernelError) -> SeriesApplication {
        for outcome in outcomes {
            if case .rejected(let rejects) = outcome.application {
                throw .patchRejected(patch: outcome.patch, rejects: rejects)
            }
        }
        return SeriesApplication(source: source, outcomes: outcomes, files: files)
    }

    /// Applies the patches in order, up to the first that is rejected.
    package init(of series: PatchSeries, on source: KernelSource, cache: KernelCache) async throws {
        let folder = cache.scratch.appending(path: source.digest.short)
        let lock = cache.scratch.appending(path: "\(source.digest.short).lock")
        (outcomes, files) = try await FileLock.hold(lock) {
            try Files.remove(folder)
            defer { try? Files.remove(folder) }
            var stage = SeriesStage(source: source.tree, folder: folder)
            var outcomes: [PatchOutcome] = []
            for patch in series.patches {
                let application = try await stage.apply(patch)
                outcomes.append(PatchOutcome(patch: patch.name, application: application))
                if case .rejected = application { break }
            }
            return (outcomes, try stage.changes())
        }
        self.source = source.digest
    }
}
