import Evidence
import Foundation
import Patches

extension KernelBuilder {
    /// The patched kernel with `mutant` in it, built where the last one was, so that make only does what differs.
    /// - Parameters:
    ///   - series: what the patched kernel has over the source.
    ///   - patched: the kernel of `series`, of the same builder.
    ///   - withTree: false where the kernel alone will do, and its tree may have become another mutant's since.
    /// - Throws: `MutantError.doesNotApply`, `.doesNotBuild` or `.doesNotDiffer`.
    package func build(
        _ mutant: Mutant, over series: SeriesApplication, forking patched: KernelBuild, withTree: Bool = true,
        onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> KernelBuild {
        let mutated = try await series.mutated(by: mutant, on: source, cache: cache, onProgress: onProgress)
        let build: KernelBuild
        do {
            build = try await self.build(
                .mutant, series: mutated, forking: patched, withTree: withTree, onProgress: onProgress)
        } catch let error as KernelError {
            switch error {
            case .doesNotCompile, .incompleteBuild, .configurationRefused:
                throw MutantError.doesNotBuild(mutant: mutant.name, reason: "\(error)")
            default: throw error
            }
        }
        guard build.code != patched.code else { throw MutantError.doesNotDiffer(mutant: mutant.name) }
        return build
    }
}
