import Evidence
import Kernel
import Targets

/// The patched kernel that the mutants of one variant are made of.
struct MutationBed: Sendable {
    let pipeline: Pipeline
    let builder: KernelBuilder
    let series: SeriesApplication
    let patched: KernelBuild

    /// The variant it is built in; nil where the target has none.
    var variant: String? { pipeline.target.configuration.variant }

    /// - Parameter withTree: see `KernelBuilder`.
    func build(
        _ mutant: Mutant, withTree: Bool, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> KernelBuild {
        try await builder.build(mutant, over: series, forking: patched, withTree: withTree, onProgress: onProgress)
    }
}
