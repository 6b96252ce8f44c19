import Evidence
import Foundation
import Image
import Kernel
import Machine
import Results
import Targets

/// From a target's mutants to the folder of a mutation test.
extension Pipeline {
    /// Builds and boots mutants, and the patched kernel itself as their control, and brings the results out.
    /// - Throws: `MutantError` where a header is wrong, before anything is built; `PipelineError.noMutants` on a tree that
    ///   has no patched kernel.
    package func mutate(_ request: MutationRequest) async throws -> MutationDirectory {
        let mutants = try MutantCatalogue(folder: target.mutantsFolder).select(request.mutants)
        let workloads = try WorkloadCatalogue(folder: workspace.workloads).all()
        try check(mutants, workloads)
        let toolchain = try await Toolchain.find(target, cache: kernelCache, period: toolchain)
        let source = try await source()
        let rehearsal = try await rehearse(source)
        if let provided = rehearsal.provided {
            throw PipelineError.noPatchedKernel(version: source.version, provided: provided)
        }
        let meant = mutants.filter { $0.isMeant(for: source.version) }
        guard !meant.isEmpty else {
            throw PipelineError.noMutantForTree(version: source.version, folder: target.mutantsFolder.path)
        }
        // Before anything that takes minutes: a missing QEMU or a connection that is refused.
        let host = try await survey()
        return try await Host.withHypervisor(at: request.connection, workspace) { hypervisor in
            var test = try MutationTest(
                pipeline: self, request: request, host: host, hypervisor: hypervisor,
                template: try await template(host),
                environment: try await host.environment(drydock: version, hypervisor, toolchain.compiler),
                record: record(of: mutants, on: source))
            try await test.run(meant, workloads) { pipeline in
                let yard = try await pipeline.build(rehearsal, on: source, with: toolchain)
                return MutationBed(
                    pipeline: pipeline, builder: yard.builder, series: yard.series, patched: yard.kernels[1])
            }
            return test.directory
        }
    }

    /// Before anything that takes minutes: a header may name what is not there.
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

    private func record(of mutants: [Mutant], on source: KernelSource) -> MutationRecord {
        MutationRecord(
            target: target.name, version: source.version, started: .now,
            mutants: mutants.filter { $0.isMeant(for: source.version) }.map {
                MutantRecord(
                    name: $0.name, subject: $0.subject, breaks: $0.breaks, killedBy: $0.killedBy,
                    variant: target.variant(of: $0))
            },
            leftOut: mutants.filter { !$0.isMeant(for: source.version) }.map(\.name))
    }
}

extension Target {
    /// The variant that a mutant is built in: its own, or else the one that is tested; nil where there is neither.
    func variant(of mutant: Mutant) -> String? { mutant.variant ?? configuration.variant }
}
