import Evidence
import Foundation
import Image
import Judgement
import Machine
import Patches
import Targets

/// A mutation test in which each mutant is booted deterministically with one seed after another until one kills it,
/// then once more with that seed: a kill that can be shown again.
struct SeededMutationTest {
    let pipeline: Pipeline
    let request: MutationRequest
    let seeds: ClosedRange<UInt64>
    let machine: any GuestMachine
    /// The versions of the programs that the test uses, by name.
    let environment: [String: String]
    let ledger: MutationLedger

    /// - Parameters:
    ///   - mutants: those for this tree that a race must notice.
    ///   - workloads: all workloads.
    ///   - bed: builds base and patched in the pipeline's variant.
    func run(
        _ mutants: [Mutant], _ workloads: [Workload], bed: (Pipeline) async throws -> MutationBed
    ) async throws {
        for (variant, mutants) in MutationTest.groups(of: mutants, for: pipeline.target) {
            let bed = try await bed(try pipeline.building(variant: variant, toolchain: pipeline.toolchain))
            // While one is built, the guests of the earlier ones run, and each keeps one host CPU busy.
            try await sideBySide { pool in
                // The first seed kills most of them, so the results count even if the test is interrupted.
                let asked = Set(mutants.flatMap { bed.chosen(for: $0, workloads, request).map(\.name) })
                try await control(seeds.lowerBound, asked, workloads, bed, in: &pool)
                for mutant in mutants {
                    guard let berths = try await berths(of: mutant, workloads, bed) else { continue }
                    try await pool.add(mutant.name) { try await search($0, berths, bed) }
                }
            }
            let records = ledger.record.mutants.filter { record in mutants.contains { $0.name == record.name } }
            let decided = Dictionary(grouping: records) { $0.search?.seed ?? seeds.lowerBound }
            try await sideBySide { pool in
                for (seed, records) in decided.sorted(by: { $0.key < $1.key }) where seed != seeds.lowerBound {
                    let asked = Set(records.flatMap(\.killedBy))
                    try await control(seed, asked, workloads, bed, in: &pool)
                }
            }
        }
        try ledger.directory.write(Timings(stages: pipeline.log.timings), as: .timings)
    }

    private func sideBySide(_ body: (inout GuestPool<String>) async throws -> Void) async throws {
        let most =
            request.guestsAtOnce ?? GuestCount.most(memory: pipeline.target.machine.memory, perProcessor: 1)
        // There are no disks to read: a deterministic guest has written everything when it ends.
        try await GuestPool.run(atMost: most, read: { _ in }, body)
    }

    /// Nil if it cannot be tested, and the record then says why.
    private func berths(of mutant: Mutant, _ workloads: [Workload], _ bed: MutationBed) async throws -> [Berth]? {
        do {
            return try await bed.berths(of: mutant, workloads, request)
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            try ledger.change(mutant.name) { $0.fault = fault }
            return nil
        }
    }

    private func search(_ mutant: String, _ berths: [Berth], _ bed: MutationBed) async throws {
        for (index, seed) in seeds.enumerated() {
            let name = "mutants/\(mutant)/seed-\(seed)"
            let isKilled = try await boot(berths, seed: seed, in: name, of: mutant, bed)
            let again = isKilled ? "\(name)-again" : nil
            if let again {
                _ = try await boot(berths, seed: seed, in: again, of: mutant, bed)
            }
            try ledger.change(mutant) {
                $0.search = SeedSearch(seed: seed, tried: index + 1, again: again)
                $0.run = name
            }
            if isKilled { return }
        }
    }

    /// Adds the patched kernel itself with a seed, with those races that mutants were booted with.
    private func control(
        _ seed: UInt64, _ asked: Set<String>, _ workloads: [Workload], _ bed: MutationBed,
        in pool: inout GuestPool<String>
    ) async throws {
        let races = workloads.filter { $0.isRace && asked.contains($0.name) }
        let berths = try await bed.pipeline.berths(of: [bed.patched], races, request.boot)
        let name = "\(bed.controlName(in: pipeline.target))/seed-\(seed)"
        try ledger.add(.init(variant: bed.variant, seed: seed, run: name))
        try await pool.add(name) { _ = try await boot(berths, seed: seed, in: $0, of: nil, bed) }
    }

    /// Returns whether a workload failed.
    private func boot(
        _ berths: [Berth], seed: UInt64, in name: String, of mutant: String?, _ bed: MutationBed
    ) async throws -> Bool {
        let run = try RunDirectory.create(
            at: ledger.directory.place(of: name), target: pipeline.target.name, started: .now,
            guests: berths.map(\.guest), isDeterministic: true, environment: environment)
        try run.keep(berths.patches)
        let moorings = berths.map {
            Mooring(berth: $0.choosing(seed: seed), run: run, mutant: mutant, isOneOfMany: true)
        }
        for mooring in moorings { try await bed.pipeline.bootOrLose(mooring, on: machine) }
        try await bed.pipeline.collect(moorings, machine)
        return try ComparisonTest.judge(run).guests.contains { $0.workloads.contains(where: \.outcome.isFailure) }
    }
}
