import Evidence
import Foundation
import Image
import Judgement
import Machine
import Patches
import Results
import Targets

/// One mutation test: while a mutant is built, the guests of the earlier mutants run.
struct MutationTest {
    let pipeline: Pipeline
    let request: MutationRequest
    let machine: any GuestMachine
    /// The results disk of which each guest gets a copy.
    let template: URL
    /// The versions of the programs that the test uses, by name.
    let environment: [String: String]
    let ledger: MutationLedger

    /// - Parameters:
    ///   - mutants: those for this tree.
    ///   - workloads: all workloads.
    ///   - bed: builds base and patched in the pipeline's variant.
    func run(
        _ mutants: [Mutant], _ workloads: [Workload], bed: (Pipeline) async throws -> MutationBed
    ) async throws {
        let most = request.guestsAtOnce ?? GuestCount.most(memory: pipeline.target.machine.memory)
        let (pipeline, machine) = (pipeline, machine)
        var booted: [(pipeline: Pipeline, moorings: [Mooring])] = []
        @Sendable func read(_ moorings: [Mooring]) async throws { try await pipeline.collect(moorings, machine) }
        try await GuestPool.run(atMost: most, read: read) { guests in
            for (variant, mutants) in Self.groups(of: mutants, for: pipeline.target) {
                let bed = try await bed(
                    try pipeline.building(variant: variant, toolchain: pipeline.toolchain))
                let pipeline = bed.pipeline
                var moorings = try await control(of: mutants, workloads, bed)
                for mutant in mutants.map(Optional.some) + [nil] {
                    booted.append((pipeline, moorings))
                    for mooring in moorings {
                        try await guests.add(mooring) { try await pipeline.bootOrLose($0, on: machine) }
                    }
                    // While the guests before it run.
                    if let mutant { moorings = try await moor(mutant, workloads, bed) }
                }
            }
        }
        for (pipeline, moorings) in booted where isOpen(moorings) {
            try await pipeline.askAgain(moorings, template, request.boot, on: machine)
        }
        try ledger.directory.write(Timings(stages: pipeline.log.timings), as: .timings)
    }

    /// Whether a run is worth a second look: if a workload has noticed a mutant, enough is known.
    private func isOpen(_ moorings: [Mooring]) -> Bool {
        let verdicts = moorings.flatMap { mooring in
            (try? mooring.run[mooring.berth.guest].evidence()).map { Judge.judge($0).workloads } ?? []
        }
        let name = moorings.lazy.compactMap(\.mutant).first
        let mutant = ledger.record.mutants.first { $0.name == name }
        let isKilled = verdicts.contains { $0.outcome.isFailure && mutant?.killedBy.contains($0.name) == true }
        return verdicts.contains(where: \.isOpen) && !isKilled
    }

    /// The mutants of one variant after another, because base and patched of two variants may share nothing.
    static func groups(of mutants: [Mutant], for target: Target) -> [(variant: String?, mutants: [Mutant])] {
        mutants.map(target.variant).eachOnce.map { variant in
            (variant, mutants.filter { target.variant(of: $0) == variant })
        }
    }

    /// The guests of the patched kernel itself, with every workload that one of `mutants` is booted with.
    private func control(
        of mutants: [Mutant], _ workloads: [Workload], _ bed: MutationBed
    ) async throws -> [Mooring] {
        let wanted = Set(mutants.flatMap { bed.chosen(for: $0, workloads, request).map(\.name) })
        let berths = try await bed.pipeline.berths(
            of: [bed.patched], workloads.filter { wanted.contains($0.name) }, request.boot)
        let name = bed.controlName(in: pipeline.target)
        try ledger.add(.init(variant: bed.variant, run: name))
        return try moor(berths, in: name, of: nil)
    }

    /// The guests of a mutant; none if it cannot be tested, and the record then says why.
    private func moor(_ mutant: Mutant, _ workloads: [Workload], _ bed: MutationBed) async throws -> [Mooring] {
        do {
            let berths = try await bed.berths(of: mutant, workloads, request)
            let name = "mutants/\(mutant.name)"
            try ledger.change(mutant.name) { $0.run = name }
            return try moor(berths, in: name, of: mutant.name)
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            try ledger.change(mutant.name) { $0.fault = fault }
            return []
        }
    }

    /// Makes the run directory, with a disk for each guest.
    private func moor(_ berths: [Berth], in name: String, of mutant: String?) throws -> [Mooring] {
        let run = try RunDirectory.create(
            at: ledger.directory.place(of: name), target: pipeline.target.name, started: .now,
            guests: berths.map(\.guest),
            environment: environment)
        try run.keep(berths.patches)
        let moorings = berths.map { Mooring(berth: $0, run: run, mutant: mutant, isOneOfMany: true) }
        for mooring in moorings { try ResultsDisk.create(from: template, at: mooring.disk) }
        return moorings
    }
}
