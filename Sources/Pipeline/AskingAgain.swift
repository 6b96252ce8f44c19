import Evidence
import Foundation
import Judgement
import Machine
import Results
import Targets

/// Runs the unfinished workloads of a run again, before drydock says that they are inconclusive.
extension Pipeline {
    /// How long such a guest waits for a quieter host, if the host was too busy for its workload.
    private static let quietSeconds = 60

    /// Boots what the first guests of a run left unfinished: the rest of a guest that died in a new guest, and each
    /// workload that is unproven once more in a guest of its own.
    ///
    /// Not for a deterministic run, because it would only do the same again.
    /// - Parameter first: the guests of one run, booted and read.
    func askAgain(
        _ first: [Mooring], _ template: URL?, _ request: BootRequest, on machine: any GuestMachine
    ) async throws {
        guard let run = first.first?.run, let template, !first.contains(where: \.isDeterministic) else { return }
        for subject in first.map(\.berth.guest.subject).eachOnce {
            let planned = first.filter { $0.berth.guest.subject == subject }
            var all = planned
            /// Returns whether there is anything new to judge; what was booted before an error counts.
            func boot(_ wanted: [OpenQuestions.Guest]) async throws -> Bool {
                var added: [Mooring] = []
                var failure: (any Error)?
                do {
                    let deterministic =
                        wanted.contains(where: \.isDeterministic) ? try await machine.deterministic() : nil
                    for question in wanted {
                        guard let like = planned.first(where: { $0.berth.guest == question.like }) else { continue }
                        let machine = question.isDeterministic ? deterministic ?? machine : machine
                        let plan = plan(
                            question, of: like.berth.plan, number: all.count - planned.count + added.count + 1,
                            machine)
                        let mooring = try await moor(plan, like, template)
                        if question.isDeterministic {
                            try await HostProcessors.waitUntilQuiet(atMost: Self.quietSeconds)
                        }
                        try await bootOrLose(mooring, on: machine)
                        added.append(mooring)
                    }
                } catch let error where !(error is CancellationError) {
                    failure = error
                }
                if !added.isEmpty {
                    try await collect(added, machine)
                    try run.add(added.map(\.berth.guest))
                    all += added
                }
                if let failure { throw failure }
                return !added.isEmpty
            }
            do {
                while let rest = try open(on: all, in: run).rest { guard try await boot([rest]) else { break } }
                // What cannot be shown without a disk runs a second time.
                for _ in 1...2 {
                    let singles = try open(on: all, in: run).singles
                    guard !singles.isEmpty, try await boot(singles) else { break }
                }
            } catch let error where !(error is CancellationError) {
                // The results so far count, and what is unfinished stays so.
                try? Data("\(error)\n".utf8).write(to: run[.againError])
            }
        }
    }

    /// A guest of the same run and kernel as `like`, with a disk of its own if it needs one.
    private func moor(_ plan: RunPlan, _ like: Mooring, _ template: URL) async throws -> Mooring {
        let berth = try await like.berth.planning(plan, cache: imageCache)
        let mooring = Mooring(berth: berth, run: like.run, mutant: like.mutant, isOneOfMany: like.isOneOfMany)
        try mooring.folder.create()
        if !mooring.isDeterministic { try ResultsDisk.create(from: template, at: mooring.disk) }
        return mooring
    }

    private func open(on moorings: [Mooring], in run: RunDirectory) throws -> OpenQuestions {
        let evidence = try moorings.map { try run[$0.berth.guest].evidence() }
        return OpenQuestions(
            evidence.map(Judge.judge), plans: evidence.map(\.plan),
            endings: Dictionary(uniqueKeysWithValues: evidence.map { ($0.plan.guest, $0.boot.ending) }))
    }

    private func plan(
        _ question: OpenQuestions.Guest, of first: RunPlan, number: Int, _ machine: any GuestMachine
    ) -> RunPlan {
        let isDeterministic = question.isDeterministic && machine.host.deterministic != nil
        return RunPlan(
            target: first.target, guest: GuestName(first.subject, alone: first.alone, again: number), cpus: first.cpus,
            nanosecondsPerInstruction: isDeterministic
                ? Target.nanosecondsPerInstruction : first.nanosecondsPerInstruction,
            isDeterministic: isDeterministic ? true : nil, workloads: question.workloads)
    }
}
