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
    ///   - mutantBase: builds base and patched in the pipeline's variant.
    func run(
        _ mutants: [Mutant], _ workloads: [Workload], mutantBase: (Pipeline) async throws -> MutantBase
    ) async throws {
        for (variant, mutants) in MutationTest.groups(of: mutants, for: pipeline.target) {
            let mutantBase = try await mutantBase(
                try pipeline.building(variant: variant, toolchain: pipeline.toolchain))
            // While one is built, the guests of the earlier ones run, and each keeps one host CPU busy.
            try await sideBySide { pool in
                // The first seed kills most of them, so the results count even if the test is interrupted.
                let asked = Set(mutants.flatMap { mutantBase.chosen(for: $0, workloads, request).map(\.name) })
                try await control(seeds.lowerBound, asked, workloads, mutantBase, in: &pool)
                for mutant in mutants {
                    guard let prepared = try await prepared(of: mutant, workloads, mutantBase) else { continue }
                    try await pool.add(mutant.name) { try await search($0, prepared, mutantBase) }
                }
            }
            let records = ledger.record.mutants.filter { record in mutants.contains { $0.name == record.name } }
            let decided = Dictionary(grouping: records) { $0.search?.seed ?? seeds.lowerBound }
            try await sideBySide { pool in
                for (seed, records) in decided.sorted(by: { $0.key < $1.key }) where seed != seeds.lowerBound {
                    let asked = Set(records.flatMap(\.killedBy))
                    try await control(seed, asked, workloads, mutantBase, in: &pool)
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
    private func prepared(of mutant: Mutant, _ workloads: [Workload], _ mutantBase: MutantBase) async throws
        -> [PreparedGuest]?
    {
        do {
            return try await mutantBase.prepared(of: mutant, workloads, request)
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            try ledger.change(mutant.name) { $0.fault = fault }
            return nil
        }
    }

    private func search(_ mutant: String, _ prepared: [PreparedGuest], _ mutantBase: MutantBase) async throws {
        for (index, seed) in seeds.enumerated() {
            let name = "mutants/\(mutant)/seed-\(seed)"
            let isKilled = try await boot(prepared, seed: seed, in: name, of: mutant, mutantBase)
            let again = isKilled ? "\(name)-again" : nil
            if let again {
                _ = try await boot(prepared, seed: seed, in: again, of: mutant, mutantBase)
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
        _ seed: UInt64, _ asked: Set<String>, _ workloads: [Workload], _ mutantBase: MutantBase,
        in pool: inout GuestPool<String>
    ) async throws {
        let races = workloads.filter { $0.isRace && asked.contains($0.name) }
        let prepared = try await mutantBase.pipeline.prepared(of: [mutantBase.patched], races, request.boot)
        let name = "\(mutantBase.controlName(in: pipeline.target))/seed-\(seed)"
        try ledger.add(.init(variant: mutantBase.variant, seed: seed, run: name))
        try await pool.add(name) { _ = try await boot(prepared, seed: seed, in: $0, of: nil, mutantBase) }
    }

    /// Returns whether a workload failed.
    private func boot(
        _ prepared: [PreparedGuest], seed: UInt64, in name: String, of mutant: String?, _ mutantBase: MutantBase
    ) async throws -> Bool {
        let run = try RunDirectory.create(
            at: ledger.directory.place(of: name), target: pipeline.target.name, started: .now,
            guests: prepared.map(\.guest), isDeterministic: true, environment: environment)
        try run.keep(prepared.patches)
        let runGuests = prepared.map {
            RunGuest(prepared: $0.choosing(seed: seed), run: run, mutant: mutant, isOneOfMany: true)
        }
        for runGuest in runGuests { try await mutantBase.pipeline.bootOrLose(runGuest, on: machine) }
        try await mutantBase.pipeline.collect(runGuests, machine)
        return try ComparisonTest.judge(run).guests.contains { $0.workloads.contains(where: \.outcome.isFailure) }
    }
}
