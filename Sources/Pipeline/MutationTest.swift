import Evidence
import Foundation
import Image
import Judgement
import Kernel
import Machine
import Results
import Targets

/// One mutation test under way: while a mutant is built, the guests of those before it run.
struct MutationTest {
    let pipeline: Pipeline
    let request: MutationRequest
    let host: Host
    let hypervisor: Hypervisor
    /// The results disk that each guest gets a copy of.
    let template: URL
    /// The versions of what takes part, by name.
    let environment: [String: String]
    let directory: MutationDirectory
    /// Written whenever it changes: what was found out outlives an interruption.
    private var record: MutationRecord

    init(
        pipeline: Pipeline, request: MutationRequest, host: Host, hypervisor: Hypervisor, template: URL,
        environment: [String: String], record: MutationRecord
    ) throws {
        self.pipeline = pipeline
        self.request = request
        self.host = host
        self.hypervisor = hypervisor
        self.template = template
        self.environment = environment
        self.record = record
        directory = try .create(under: pipeline.workspace.runs, target: record.target, started: record.started)
        try directory.write(record)
    }

    /// - Parameters:
    ///   - mutants: those meant for this tree.
    ///   - workloads: all there are.
    ///   - bed: builds base and patched in the pipeline's variant.
    mutating func run(
        _ mutants: [Mutant], _ workloads: [Workload], bed: (Pipeline) async throws -> MutationBed
    ) async throws {
        let most = request.guestsAtOnce ?? GuestCount.most(memory: pipeline.target.machine.memory)
        let (pipeline, hypervisor, host) = (pipeline, hypervisor, host)
        @Sendable func read(_ moorings: [Mooring]) async throws { try await pipeline.collect(moorings, host) }
        try await GuestPool.run(atMost: most, read: read) { guests in
            for (variant, mutants) in Self.groups(of: mutants, for: pipeline.target) {
                let bed = try await bed(
                    try pipeline.building(variant: variant, toolchain: pipeline.toolchain))
                let pipeline = bed.pipeline
                var moorings = try await control(of: mutants, workloads, bed)
                for mutant in mutants.map(Optional.some) + [nil] {
                    for mooring in moorings {
                        try await guests.add(mooring) { try await Self.boot($0, by: pipeline, on: hypervisor, host) }
                    }
                    // While those run.
                    if let mutant { moorings = try await moor(mutant, workloads, bed) }
                }
            }
        }
        try directory.write(Timings(stages: pipeline.log.timings), to: "timings.json")
    }

    /// A variant's mutants one after the other: base and patched of two may share nothing.
    static func groups(of mutants: [Mutant], for target: Target) -> [(variant: String?, mutants: [Mutant])] {
        mutants.map(target.variant).eachOnce.map { variant in
            (variant, mutants.filter { target.variant(of: $0) == variant })
        }
    }

    /// A guest that cannot be started tells nothing of its mutant, and takes nothing from the others.
    private static func boot(
        _ mooring: Mooring, by pipeline: Pipeline, on hypervisor: Hypervisor, _ host: Host
    ) async throws {
        do {
            try await pipeline.boot(mooring, on: hypervisor, host)
        } catch let error as MachineError {
            let record = BootRecord(
                ending: .lost(reason: "\(error)"), seconds: 0, secondsToInit: nil,
                accelerator: host.accelerator.kind.rawValue)
            try mooring.run.write(boot: record, of: mooring.berth.guest)
        }
    }

    /// The guests of the patched kernel itself, with every workload that one of `mutants` is booted with.
    private mutating func control(
        of mutants: [Mutant], _ workloads: [Workload], _ bed: MutationBed
    ) async throws -> [Mooring] {
        let wanted = Set(mutants.flatMap { chosen(for: $0, workloads).map(\.name) })
        let berths = try await bed.pipeline.berths(
            of: [bed.patched], workloads.filter { wanted.contains($0.name) }, BootRequest(seed: request.seed))
        let name = bed.variant == pipeline.target.configuration.variant ? "control" : "control-\(bed.variant ?? "")"
        record.controls.append(.init(variant: bed.variant, run: name))
        return try moor(berths, in: name, of: nil)
    }

    /// The guests of a mutant; none where it cannot be tested, and the record says why.
    private mutating func moor(_ mutant: Mutant, _ workloads: [Workload], _ bed: MutationBed) async throws -> [Mooring]
    {
        guard let index = record.mutants.firstIndex(where: { $0.name == mutant.name }) else { return [] }
        do {
            let berths = try await berths(of: mutant, chosen(for: mutant, workloads), bed)
            let name = "mutants/\(mutant.name)"
            record.mutants[index].run = name
            return try moor(berths, in: name, of: mutant.name)
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            record.mutants[index].fault = fault
            try directory.write(record)
            return []
        }
    }

    private func berths(of mutant: Mutant, _ workloads: [Workload], _ bed: MutationBed) async throws -> [Berth] {
        try await Self.withTreeWhereNeeded(mutant.name) { withTree in
            try await berths(of: mutant, workloads, bed, withTree: withTree)
        }
    }

    /// Builds without the tree first, which a kernel that was built before no longer has; then with it.
    /// - Throws: `MutantError.doesNotBuild` where the probe does not build against the mutant, either way.
    static func withTreeWhereNeeded<Built>(
        _ mutant: String, _ build: (_ withTree: Bool) async throws -> Built
    ) async throws -> Built {
        do {
            do {
                return try await build(false)
            } catch KernelError.treeTaken {
                return try await build(true)
            }
        } catch let error as ImageError {
            guard case .probeDoesNotBuild = error else { throw error }
            throw MutantError.doesNotBuild(mutant: mutant, reason: "\(error)")
        }
    }

    private func berths(
        of mutant: Mutant, _ workloads: [Workload], _ bed: MutationBed, withTree: Bool
    ) async throws -> [Berth] {
        let build = try await bed.pipeline.log.run(.build, GuestName(.mutant), of: mutant.name) { now in
            let build = try await bed.build(mutant, withTree: withTree, onProgress: now)
            return (build, .init(summary: mutant.subject, reused: build.reused))
        }
        return try await bed.pipeline.berths(
            of: [build], workloads, BootRequest(seed: request.seed), mutant: mutant.name)
    }

    /// What must notice it stands first: a mutant may not live through the others.
    private func chosen(for mutant: Mutant, _ workloads: [Workload]) -> [Workload] {
        let first = mutant.killedBy.compactMap { name in workloads.first { $0.name == name } }
        guard request.runsEverything else { return first }
        let names = pipeline.target.workloads
        return first
            + workloads.filter { workload in
                !first.contains(workload) && (names.isEmpty || names.contains(workload.name))
            }
    }

    /// Makes the run directory, with a disk for each guest.
    private mutating func moor(_ berths: [Berth], in name: String, of mutant: String?) throws -> [Mooring] {
        let run = try RunDirectory.create(
            at: directory.place(of: name), target: record.target, started: .now, guests: berths.map(\.guest),
            environment: environment)
        let moorings = berths.map { Mooring(berth: $0, run: run, mutant: mutant, isOneOfMany: true) }
        for mooring in moorings { try ResultsDisk.create(from: template, at: mooring.disk) }
        try directory.write(record)
        return moorings
    }
}

extension MutantError {
    /// What is the matter with the mutant itself; nil where its file cannot be used at all.
    fileprivate var fault: MutantFault? {
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
