import Evidence
import Foundation
import Image
import Judgement
import Kernel
import Machine
import Targets

/// A mutation test in which each mutant is booted deterministically with one seed after the other until one kills it, and
/// with that once more: a kill that can be shown again.
struct SeededMutationTest {
    let pipeline: Pipeline
    let request: MutationRequest
    let seeds: ClosedRange<UInt64>
    let host: Host
    let hypervisor: Hypervisor
    /// The versions of what takes part, by name.
    let environment: [String: String]
    let ledger: MutationLedger

    /// A mutant that is built.
    private struct Candidate: Sendable {
        let name: String
        let berths: [Berth]
        let bed: MutationBed
    }

    /// - Parameters:
    ///   - mutants: those meant for this tree that a race must notice.
    ///   - workloads: all there are.
    ///   - bed: builds base and patched in the pipeline's variant.
    func run(
        _ mutants: [Mutant], _ workloads: [Workload], bed: (Pipeline) async throws -> MutationBed
    ) async throws {
        for (variant, mutants) in MutationTest.groups(of: mutants, for: pipeline.target) {
            let bed = try await bed(try pipeline.building(variant: variant, toolchain: pipeline.toolchain))
            // While one is built, those before it run, and each keeps one processor busy.
            try await sideBySide { (pool: inout GuestPool<Candidate>) in
                for mutant in mutants {
                    guard let berths = try await berths(of: mutant, workloads, bed) else { continue }
                    try await pool.add(Candidate(name: mutant.name, berths: berths, bed: bed)) { try await search($0) }
                }
            }
            try await control(of: mutants, workloads, bed)
        }
        try ledger.directory.write(Timings(stages: pipeline.log.timings), to: "timings.json")
    }

    private func sideBySide<Guest: Sendable>(_ body: (inout GuestPool<Guest>) async throws -> Void) async throws {
        let most =
            request.guestsAtOnce ?? GuestCount.most(memory: pipeline.target.machine.memory, perProcessor: 1)
        // There are no disks to be read: what a deterministic guest has to say it has said when it ends.
        try await GuestPool.run(atMost: most, read: { _ in }, body)
    }

    /// Nil where it cannot be tested, and the record says why.
    private func berths(of mutant: Mutant, _ workloads: [Workload], _ bed: MutationBed) async throws -> [Berth]? {
        do {
            return try await bed.berths(of: mutant, workloads, request)
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            try ledger.change(mutant.name) { $0.fault = fault }
            return nil
        }
    }

    private func search(_ mutant: Candidate) async throws {
        for (index, seed) in seeds.enumerated() {
            let name = "mutants/\(mutant.name)/seed-\(seed)"
            let isKilled = try await boot(mutant.berths, seed: seed, in: name, of: mutant.name, mutant.bed)
            let again = isKilled ? "\(name)-again" : nil
            if let again {
                _ = try await boot(mutant.berths, seed: seed, in: again, of: mutant.name, mutant.bed)
            }
            try ledger.change(mutant.name) {
                $0.search = SeedSearch(seed: seed, tried: index + 1, again: again)
                $0.run = name
            }
            if isKilled { return }
        }
    }

    /// The patched kernel itself under each seed that decided something.
    private func control(of mutants: [Mutant], _ workloads: [Workload], _ bed: MutationBed) async throws {
        let decided = ledger.record.mutants.filter { record in mutants.contains { $0.name == record.name } }
        let seeds = Set(decided.compactMap(\.search?.seed)).sorted()
        let wanted = Set(decided.flatMap(\.killedBy))
        let berths = try await bed.pipeline.berths(
            of: [bed.patched], workloads.filter { $0.isRace && wanted.contains($0.name) }, request.boot)
        try await sideBySide { (pool: inout GuestPool<UInt64>) in
            for seed in seeds {
                let name = "\(bed.controlName(in: pipeline.target))/seed-\(seed)"
                try ledger.add(.init(variant: bed.variant, seed: seed, run: name))
                try await pool.add(seed) { _ = try await boot(berths, seed: $0, in: name, of: nil, bed) }
            }
        }
    }

    /// Returns whether a workload failed.
    private func boot(
        _ berths: [Berth], seed: UInt64, in name: String, of mutant: String?, _ bed: MutationBed
    ) async throws -> Bool {
        let run = try RunDirectory.create(
            at: ledger.directory.place(of: name), target: pipeline.target.name, started: .now,
            guests: berths.map(\.guest), isDeterministic: true, environment: environment)
        let moorings = berths.map {
            Mooring(berth: $0.choosing(seed: seed), run: run, mutant: mutant, isOneOfMany: true)
        }
        for mooring in moorings { try await MutationTest.boot(mooring, by: bed.pipeline, on: hypervisor, host) }
        try await bed.pipeline.collect(moorings, host)
        return try Pipeline.judge(run).guests.contains { $0.workloads.contains(where: \.outcome.isFailure) }
    }
}
