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
    ///   - mutantBase: builds base and patched in the pipeline's variant.
    func run(
        _ mutants: [Mutant], _ workloads: [Workload], mutantBase: (Pipeline) async throws -> MutantBase
    ) async throws {
        let most = request.guestsAtOnce ?? GuestCount.most(memory: pipeline.target.machine.memory)
        let (pipeline, machine) = (pipeline, machine)
        var booted: [(pipeline: Pipeline, runGuests: [RunGuest])] = []
        @Sendable func read(_ runGuests: [RunGuest]) async throws { try await pipeline.collect(runGuests, machine) }
        try await GuestPool.run(atMost: most, read: read) { guests in
            for (variant, mutants) in Self.groups(of: mutants, for: pipeline.target) {
                let mutantBase = try await mutantBase(
                    try pipeline.building(variant: variant, toolchain: pipeline.toolchain))
                let pipeline = mutantBase.pipeline
                var runGuests = try await control(of: mutants, workloads, mutantBase)
                for mutant in mutants.map(Optional.some) + [nil] {
                    booted.append((pipeline, runGuests))
                    for runGuest in runGuests {
                        try await guests.add(runGuest) { try await pipeline.bootOrLose($0, on: machine) }
                    }
                    // While the guests before it run.
                    if let mutant { runGuests = try await addGuests(mutant, workloads, mutantBase) }
                }
            }
        }
        for (pipeline, runGuests) in booted where isOpen(runGuests) {
            try await pipeline.askAgain(runGuests, template, request.boot, on: machine)
        }
        try ledger.directory.write(Timings(stages: pipeline.log.timings), as: .timings)
    }

    /// Whether a run is worth a second look: if a workload has noticed a mutant, enough is known.
    private func isOpen(_ runGuests: [RunGuest]) -> Bool {
        let verdicts = runGuests.flatMap { runGuest in
            (try? runGuest.run[runGuest.prepared.guest].evidence()).map { Judge.judge($0).workloads } ?? []
        }
        let name = runGuests.lazy.compactMap(\.mutant).first
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
        of mutants: [Mutant], _ workloads: [Workload], _ mutantBase: MutantBase
    ) async throws -> [RunGuest] {
        let wanted = Set(mutants.flatMap { mutantBase.chosen(for: $0, workloads, request).map(\.name) })
        let prepared = try await mutantBase.pipeline.prepared(
            of: [mutantBase.patched], workloads.filter { wanted.contains($0.name) }, request.boot)
        let name = mutantBase.controlName(in: pipeline.target)
        try ledger.add(.init(variant: mutantBase.variant, run: name))
        return try addGuests(prepared, in: name, of: nil)
    }

    /// The guests of a mutant; none if it cannot be tested, and the record then says why.
    private func addGuests(_ mutant: Mutant, _ workloads: [Workload], _ mutantBase: MutantBase) async throws
        -> [RunGuest]
    {
        do {
            let prepared = try await mutantBase.prepared(of: mutant, workloads, request)
            let name = "mutants/\(mutant.name)"
            try ledger.change(mutant.name) { $0.run = name }
            return try addGuests(prepared, in: name, of: mutant.name)
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            try ledger.change(mutant.name) { $0.fault = fault }
            return []
        }
    }

    /// Makes the run directory, with a disk for each guest.
    private func addGuests(_ prepared: [PreparedGuest], in name: String, of mutant: String?) throws -> [RunGuest] {
        let run = try RunDirectory.create(
            at: ledger.directory.place(of: name), target: pipeline.target.name, started: .now,
            guests: prepared.map(\.guest),
            environment: environment)
        try run.keep(prepared.patches)
        let runGuests = prepared.map { RunGuest(prepared: $0, run: run, mutant: mutant, isOneOfMany: true) }
        for runGuest in runGuests { try ResultsDisk.create(from: template, at: runGuest.disk) }
        return runGuests
    }
}
