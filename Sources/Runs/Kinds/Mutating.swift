import Build
import Evidence
import Foundation
import Image
import KernelSources
import Machine
import Patches
import Results
import Targets

/// From a target's mutants to the directory of a mutation test.
extension Preparation {
    /// Builds and boots mutants, and the patched kernel itself as their control, and reads the results.
    /// - Throws: `MutantError` if a header is wrong, before anything is built; `RunsError.noMutants` for a tree
    ///   without a patched kernel.
    package func mutate(_ request: MutationRequest) async throws -> MutationDirectory {
        let mutants = try MutantCatalogue(folder: target.mutantsFolder).select(request.mutants)
        let workloads = try WorkloadCatalogue(folder: workspace.workloads).all()
        try check(mutants, workloads)
        let toolchain = try await Toolchain.find(target, cache: kernelCache, period: toolchain)
        let source = try await source()
        let rehearsal = try await rehearse(source)
        if let provided = rehearsal.provided {
            throw RunsError.noPatchedKernel(version: source.version, provided: provided)
        }
        let meant = mutants.filter { $0.isMeant(for: source.version) }
        guard !meant.isEmpty else {
            throw RunsError.noMutantForTree(version: source.version, folder: target.mutantsFolder.path)
        }
        let races = Set(workloads.filter(\.isRace).map(\.name))
        let tested = request.seeds == nil ? meant : meant.filter { !races.isDisjoint(with: $0.killedBy) }
        guard !tested.isEmpty else { throw RunsError.noRace(mutants: meant.map(\.name)) }
        return try await withMachine(request.boot) { machine in
            let runner = try await Runner(self, on: machine, compiler: toolchain.compiler)
            let ledger = try MutationLedger(
                record(of: mutants, tested: tested, on: source, races: request.seeds.map { _ in races }),
                under: workspace.runs)
            let test = MutationRunner(runner: runner, request: request, workloads: workloads, ledger: ledger)
            try await test.run(tested, of: self) { preparation in
                let built = try await preparation.build(rehearsal, on: source, with: toolchain)
                return MutantBase(
                    preparation: preparation, builder: built.builder, series: built.series, patched: built.kernels[1])
            }
            return ledger.directory
        }
    }

    /// Before anything that takes minutes, because a header may name something that does not exist.
    private func check(_ mutants: [Mutant], _ workloads: [Workload]) throws {
        for mutant in mutants {
            if let name = mutant.killedBy.first(where: { name in !workloads.contains { $0.name == name } }) {
                throw MutantError.unknownWorkload(
                    file: mutant.file.path, workload: name, known: workloads.map(\.name))
            }
            if let variant = mutant.variant, target.configuration.variants[variant] == nil {
                throw MutantError.unknownVariant(
                    file: mutant.file.path, variant: variant, known: target.configuration.variants.keys.sorted())
            }
        }
    }

    /// - Parameter races: the only workloads that run; nil for all.
    private func record(
        of mutants: [Mutant], tested: [Mutant], on source: KernelSource, races: Set<String>?
    ) -> MutationRecord {
        let meant = mutants.filter { $0.isMeant(for: source.version) }.map(\.name)
        return MutationRecord(
            target: target.name, version: source.version, started: .now,
            mutants: tested.map {
                MutantRecord(
                    name: $0.name, subject: $0.subject, breaks: $0.breaks,
                    killedBy: $0.killedBy.filter { races?.contains($0) ?? true },
                    variant: target.variant(of: $0))
            },
            leftOut: mutants.map(\.name).filter { !meant.contains($0) },
            withoutRace: races.map { _ in meant.filter { name in !tested.contains { $0.name == name } } })
    }
}

extension Target {
    /// The variant in which a mutant is built: its own, or else the one that is tested; nil if there is neither.
    func variant(of mutant: Mutant) -> String? { mutant.variant ?? configuration.variant }
}

/// How the user wants a mutation test to be run.
package struct MutationRequest: Sendable, Equatable {
    /// A libvirt URI; nil for the connection that drydock makes for itself.
    package let connection: String?
    /// Names; empty for all mutants of the target.
    package let mutants: [String]
    /// Whether each mutant is booted with every workload of the target, and not only with those that must notice it.
    package let runsEverything: Bool
    package let seed: UInt64
    /// Boot each mutant with these seeds one after another, deterministically, until one kills it; nil for `seed`
    /// alone, and CPUs that really run at once.
    package let seeds: ClosedRange<UInt64>?
    /// How many guests may run at once; nil for as many as CPUs and memory allow.
    package let guestsAtOnce: Int?

    package init(
        connection: String? = nil, mutants: [String] = [], runsEverything: Bool = false, seed: UInt64 = 1,
        seeds: ClosedRange<UInt64>? = nil, guestsAtOnce: Int? = nil
    ) {
        self.connection = connection
        self.mutants = mutants
        self.runsEverything = runsEverything
        self.seed = seed
        self.seeds = seeds
        self.guestsAtOnce = guestsAtOnce
    }

    /// How its guests are booted.
    var boot: BootRequest { BootRequest(connection: connection, seed: seed, isDeterministic: seeds != nil) }
}
