import Build
import Evidence
import Foundation
import Image
import Judgement
import Patches
import Synchronization
import Targets

/// One mutation test: while a mutant is built, the guests of the earlier mutants run.
///
/// Without seeds each mutant is booted once. With seeds it is booted deterministically with one seed after another until
/// one kills it, then once more with that seed: a kill that can be shown again.
struct MutationRunner {
    let runner: Runner
    let request: MutationRequest
    /// All workloads.
    let workloads: [Workload]
    let ledger: MutationLedger

    /// - Parameters:
    ///   - mutants: those for this tree; with seeds, those that a race must notice.
    ///   - preparation: of the variant that is tested.
    ///   - mutantBase: builds base and patched in a variant.
    func run(
        _ mutants: [Mutant], of preparation: Preparation, mutantBase: (Preparation) async throws -> MutantBase
    ) async throws {
        let target = preparation.target
        // A deterministic guest keeps one host CPU busy.
        let most =
            request.guestsAtOnce
            ?? GuestCount.most(memory: target.machine.memory, perProcessor: request.seeds == nil ? 0.5 : 1)
        var bases: [(base: MutantBase, mutants: [Mutant])] = []
        try await runner.boot(.sideBySide(atMost: most), isOpen: isOpen) { add in
            for (variant, mutants) in Self.groups(of: mutants, for: target) {
                let base = try await mutantBase(
                    try preparation.building(variant: variant, toolchain: preparation.toolchain))
                bases.append((base, mutants))
                // The first seed kills most of them, so the results count even if the test is interrupted.
                let asked = Set(mutants.flatMap { base.chosen(for: $0, workloads, request).map(\.name) })
                try await add(control(of: base, in: target, asked, seed: request.seeds?.lowerBound))
                for mutant in mutants {
                    if let work = try await work(for: mutant, base) { try await add(work) }
                }
            }
        }
        if let seeds = request.seeds {
            try await runner.boot(.sideBySide(atMost: most)) { add in
                for (base, mutants) in bases {
                    for (seed, asked) in decidingSeeds(of: mutants, after: seeds.lowerBound) {
                        try await add(control(of: base, in: target, asked, seed: seed))
                    }
                }
            }
        }
        try ledger.directory.write(Timings(stages: runner.log.timings), as: .timings)
    }

    /// The mutants of one variant after another, because base and patched of two variants may share nothing.
    static func groups(of mutants: [Mutant], for target: Target) -> [(variant: String?, mutants: [Mutant])] {
        mutants.map(target.variant).eachOnce.map { variant in
            (variant, mutants.filter { target.variant(of: $0) == variant })
        }
    }

    /// Whether a run is worth a second look: if a workload has noticed a mutant, enough is known.
    private func isOpen(_ guests: [RunGuest]) -> Bool {
        let verdicts = guests.flatMap { guest in
            (try? guest.folder.evidence()).map { Judge.judge($0).workloads } ?? []
        }
        let name = guests.lazy.compactMap(\.prepared.guest.subject.mutant).first
        let mutant = ledger.record.mutants.first { $0.name == name }
        let isKilled = verdicts.contains { $0.outcome.isFailure && mutant?.killedBy.contains($0.name) == true }
        return verdicts.contains(where: \.isOpen) && !isKilled
    }

    /// The seeds other than the first that decided on a mutant, each with the workloads that must have noticed it.
    private func decidingSeeds(of mutants: [Mutant], after first: UInt64) -> [(UInt64, Set<String>)] {
        let records = ledger.record.mutants.filter { record in mutants.contains { $0.name == record.name } }
        return Dictionary(grouping: records) { $0.search?.seed ?? first }.filter { $0.key != first }
            .sorted { $0.key < $1.key }.map { ($0.key, Set($0.value.flatMap(\.killedBy))) }
    }

    /// The patched kernel itself, with the workloads that mutants are booted with; with a seed, their races.
    private func control(
        of base: MutantBase, in target: Target, _ asked: Set<String>, seed: UInt64?
    ) async throws -> Runner.Work {
        let chosen = workloads.filter { asked.contains($0.name) && (seed == nil || $0.isRace) }
        let prepared = try await base.preparation.prepared(of: [base.patched], chosen, request.boot)
        let name = base.controlName(in: target) + (seed.map { "/seed-\($0)" } ?? "")
        try ledger.add(.init(variant: base.variant, seed: seed, run: name))
        return .run(try run(of: prepared, seed: seed, in: name))
    }

    /// Builds a mutant; nil if it cannot be tested, and the record then says why.
    private func work(for mutant: Mutant, _ base: MutantBase) async throws -> Runner.Work? {
        do {
            let prepared = try await base.prepared(of: mutant, workloads, request)
            let name = "mutants/\(mutant.name)"
            guard let seeds = request.seeds else {
                try ledger.change(mutant.name) { $0.run = name }
                return .run(try run(of: prepared, seed: nil, in: name))
            }
            return .search { try await search(seeds, mutant.name, prepared, in: name) }
        } catch let error as MutantError {
            guard let fault = error.fault else { throw error }
            try ledger.change(mutant.name) { $0.fault = fault }
            return nil
        }
    }

    private func search(
        _ seeds: ClosedRange<UInt64>, _ mutant: String, _ prepared: [PreparedGuest], in place: String
    ) async throws {
        for (index, seed) in seeds.enumerated() {
            let name = "\(place)/seed-\(seed)"
            let isKilled = try await fails(prepared, seed: seed, in: name)
            let again = isKilled ? "\(name)-again" : nil
            if let again { _ = try await fails(prepared, seed: seed, in: again) }
            try ledger.change(mutant) {
                $0.search = SeedSearch(seed: seed, tried: index + 1, again: again)
                $0.run = name
            }
            if isKilled { return }
        }
    }

    /// Boots a mutant with a seed; returns whether a workload fails.
    private func fails(_ prepared: [PreparedGuest], seed: UInt64, in name: String) async throws -> Bool {
        let guests = try run(of: prepared, seed: seed, in: name)
        try await runner.bootAndRead(guests)
        return try guests.contains {
            try Judge.judge($0.folder.evidence()).workloads.contains(where: \.outcome.isFailure)
        }
    }

    private func run(of prepared: [PreparedGuest], seed: UInt64?, in name: String) throws -> [RunGuest] {
        try runner.run(
            of: seed.map { seed in prepared.map { $0.choosing(seed: seed) } } ?? prepared,
            at: ledger.directory.place(of: name))
    }
}

/// The record of a mutation test, changed by several guests; written at each change, so that an interruption loses
/// nothing.
final class MutationLedger: Sendable {
    let directory: MutationDirectory
    private let state: Mutex<MutationRecord>

    /// Makes the test's directory under `parent`.
    init(_ record: MutationRecord, under parent: URL) throws {
        directory = try .create(under: parent, target: record.target, started: record.started)
        state = Mutex(record)
        try directory.write(record)
    }

    var record: MutationRecord { state.withLock { $0 } }

    func change(_ mutant: String, _ change: (inout MutantRecord) -> Void) throws {
        try state.withLock { record in
            guard let index = record.mutants.firstIndex(where: { $0.name == mutant }) else { return }
            change(&record.mutants[index])
            try directory.write(record)
        }
    }

    func add(_ control: MutationRecord.Control) throws {
        try state.withLock { record in
            record.controls.append(control)
            try directory.write(record)
        }
    }
}
