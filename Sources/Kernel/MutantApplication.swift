import Evidence
import Files
import Foundation
import KernelSources

extension SeriesApplication {
    /// The same files after `mutant`, whose lines keep the numbers they have without it.
    /// - Throws: `MutantError.doesNotApply`, or `.doesNotDiffer` where the patched tree has it already.
    package func mutated(
        by mutant: Mutant, on source: KernelSource, cache: KernelCache, onProgress: (String) -> Void
    ) async throws -> SeriesApplication {
        precondition(self.source == source.digest, "the series was applied to another source")
        let folder = cache.scratch.appending(path: "\(source.digest.short).mutant")
        let lock = cache.scratch.appending(path: "\(source.digest.short).mutant.lock")
        let wait = { onProgress("waiting for another drydock that tries a mutant on \(source.version)") }
        return try await FileLock.hold(lock, onWait: wait) {
            try Files.remove(folder)
            defer { try? Files.remove(folder) }
            var stage = try SeriesStage(source: source.tree, folder: folder, files: files)
            let outcome = PatchOutcome(
                patch: mutant.file.lastPathComponent, application: try await stage.apply(mutant.patch))
            switch outcome.application {
            case .clean, .offset, .fuzz: break
            case .rejected(let rejects): throw MutantError.doesNotApply(mutant: mutant.name, rejects: rejects)
            case .alreadyApplied, .notForThisTree: throw MutantError.doesNotDiffer(mutant: mutant.name)
            }
            let changes = try stage.changes()
            var mutated = changes
            for (path, file) in changes {
                let before = try files[path] ?? TreeFile(at: source.tree.appending(path: path))
                guard file != before else { continue }
                mutated[path] = file.keepingLineNumbers(of: before, at: path)
            }
            return SeriesApplication(
                source: self.source, toolchain: toolchain, outcomes: outcomes + [outcome], files: mutated)
        }
    }
}

extension TreeFile {
    /// Only what the C preprocessor reads: elsewhere no line has a number that gets into a kernel.
    fileprivate func keepingLineNumbers(of before: TreeFile, at path: String) -> TreeFile {
        guard path.hasSuffix(".c") || path.hasSuffix(".h"), case .file(let old, _) = before,
            case .file(let new, let executable) = self
        else { return self }
        return .file(content: LineNumbers.keep(of: old, in: new), executable: executable)
    }
}
