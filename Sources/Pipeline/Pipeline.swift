import Evidence
import Foundation
import Image
import Judgement
import Kernel
import Targets

/// One target's way from its source to a verdict; each stage takes what the stage before made.
package struct Pipeline: Sendable {
    let workspace: Workspace
    let target: Target
    /// What stands in for the target's own source.
    let given: SourceDescription?
    /// Drydock's own.
    let version: String
    let log: StageLog

    package init(workspace: Workspace, target: Target, given: SourceDescription?, version: String, log: StageLog) {
        self.workspace = workspace
        self.target = target
        self.given = given
        self.version = version
        self.log = log
    }

    var kernelCache: KernelCache { KernelCache(folder: workspace.cache) }
    var imageCache: URL { workspace.cache.appending(path: "images") }

    /// The unpacked kernel source.
    package func source() async throws -> KernelSource {
        try await log.run(.source) { now in
            let source = try await KernelSource.obtain(given ?? target.source, cache: kernelCache, onProgress: now)
            let note = source.note.map { "; \($0)" } ?? ""
            return (
                source,
                .init(summary: "Linux \(source.version), \(source.digest.short)\(note)", reused: source.reused)
            )
        }
    }

    /// What becomes of each patch of the series on `source`; a reject is a value here.
    package func rehearse(_ source: KernelSource) async throws -> SeriesRehearsal {
        try await log.run(.series) { _ in
            let series = try PatchSeries(file: target.seriesFile)
            let rehearsal = try await SeriesRehearsal(of: series, on: source, cache: kernelCache)
            return (rehearsal, .init(summary: Self.summary(of: rehearsal.outcomes)))
        }
    }

    /// The base kernel, then the patched one out of its objects.
    /// - Throws: `PipelineError.seriesFailed` where the series does not apply, or only the patched kernel does not compile.
    package func build() async throws -> [KernelBuild] {
        let source = try await source()
        let application: SeriesApplication
        do {
            application = try await rehearse(source).application()
        } catch let error as KernelError {
            guard case .patchRejected = error else { throw error }
            throw PipelineError.seriesFailed(reason: "\(error)")
        }
        let builder = try KernelBuilder(
            cache: kernelCache, source: source, target: target, toolchain: try await Toolchain.find(target.toolchain))
        let base = try await build(.base) { try await builder.build(.base, onProgress: $0) }
        do {
            let patched = try await build(.patched) { now in
                try await builder.build(.patched, series: application, forking: base, onProgress: now)
            }
            return [base, patched]
        } catch let error as KernelError {
            guard case .doesNotCompile = error else { throw error }
            throw PipelineError.seriesFailed(reason: "\(error)")
        }
    }

    private func build(
        _ subject: Subject, _ body: @escaping (@escaping @Sendable (String) -> Void) async throws -> KernelBuild
    ) async throws -> KernelBuild {
        try await log.run(.build, subject) { now in
            let build = try await body(now)
            let warnings = build.record.warnings.count
            let told = warnings == 0 ? "" : ", \(warnings) compiler warning\(warnings == 1 ? "" : "s")"
            return (build, .init(summary: build.release + told, reused: build.reused))
        }
    }

    private static func summary(of outcomes: [PatchOutcome]) -> String {
        var counts: [(word: String, count: Int)] = []
        for outcome in outcomes {
            let word = outcome.application.word
            if let index = counts.firstIndex(where: { $0.word == word }) {
                counts[index].count += 1
            } else {
                counts.append((word, 1))
            }
        }
        let list = counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
        return "\(outcomes.count) patch\(outcomes.count == 1 ? "" : "es")" + (list.isEmpty ? "" : ": \(list)")
    }
}
