import Build
import Evidence
import Foundation
import Image
import Patches
import Targets

/// The patched kernel from which the mutants of one variant are made.
struct MutantBase: Sendable {
    let preparation: Preparation
    let builder: KernelBuilder
    let series: SeriesApplication
    let patched: KernelBuild

    /// The variant in which it is built; nil if the target has none.
    var variant: String? { preparation.target.configuration.variant }

    /// The directory of the runs of the patched kernel itself.
    func controlName(in target: Target) -> String {
        variant == target.configuration.variant ? "control" : "control-\(variant ?? "")"
    }

    /// - Parameter withTree: see `KernelBuilder`.
    func build(
        _ mutant: Mutant, withTree: Bool, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> KernelBuild {
        try await builder.build(mutant, over: series, forking: patched, withTree: withTree, onProgress: onProgress)
    }

    /// The guests of a mutant, after it was built.
    /// - Throws: `MutantError` if it cannot be tested.
    func prepared(of mutant: Mutant, _ workloads: [Workload], _ request: MutationRequest) async throws
        -> [PreparedGuest]
    {
        let chosen = chosen(for: mutant, workloads, request)
        return try await Self.withTreeWhereNeeded(mutant.name) { withTree in
            let build = try await preparation.log.run(.build, GuestName(.mutant(name: mutant.name))) { now in
                let build = try await self.build(mutant, withTree: withTree, onProgress: now)
                return (build, .init(summary: mutant.subject, reused: build.reused))
            }
            return try await preparation.prepared(of: [build], chosen, request.boot)
        }
    }

    /// Builds without the tree first, because a kernel that was built before may no longer have one; then with it.
    /// - Throws: `MutantError.doesNotBuild` if the probe does not build against the mutant in either way.
    static func withTreeWhereNeeded<Built>(
        _ mutant: String, _ build: (_ withTree: Bool) async throws -> Built
    ) async throws -> Built {
        do {
            do {
                return try await build(false)
            } catch BuildError.treeTaken {
                return try await build(true)
            }
        } catch let error as ImageError {
            guard case .probeDoesNotBuild = error else { throw error }
            throw MutantError.doesNotBuild(mutant: mutant, reason: "\(error)")
        }
    }

    /// The workloads that must notice it come first, because the guest may not survive the others; with a seed, only
    /// races.
    func chosen(for mutant: Mutant, _ workloads: [Workload], _ request: MutationRequest) -> [Workload] {
        let first = mutant.killedBy.compactMap { name in workloads.first { $0.name == name } }
        if request.seeds != nil { return first.filter(\.isRace) }
        guard request.runsEverything else { return first }
        let names = preparation.target.workloads
        return first
            + workloads.filter { workload in
                !first.contains(workload) && (names.isEmpty || names.contains(workload.name))
            }
    }
}

extension MutantError {
    /// What is wrong with the mutant itself; nil if its file cannot be used at all.
    var fault: MutantFault? {
        let kind: MutantFault.Kind? =
            switch self {
            case .doesNotApply: .doesNotApply
            case .doesNotBuild: .doesNotBuild
            case .doesNotDiffer: .doesNotDiffer
            case .noMutants, .unknownMutant, .malformed, .unknownWorkload, .unknownVariant: nil
            }
        return kind.map { MutantFault($0, reason: description) }
    }
}
