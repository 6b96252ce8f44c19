import Evidence
import Foundation
import Judgement
import Machine
import Results
import Targets

/// Runs the unfinished workloads of a run again, before drydock says that they are inconclusive.
extension Runner {
    /// How long such a guest waits for a quieter host, if the host was too busy for its workload.
    private static let quietSeconds = 60

    /// Boots what the first guests of a run left unfinished: the rest of a guest that died in a new guest, and each
    /// workload that is unproven once more in a guest of its own.
    ///
    /// Not for a deterministic run, because it would only do the same again.
    /// - Parameter first: the guests of one run, booted and read.
    func askAgain(_ first: [RunGuest]) async throws {
        guard let run = first.first?.run, !first.contains(where: \.isDeterministic) else { return }
        for subject in first.map(\.prepared.guest.subject).eachOnce {
            let planned = first.filter { $0.prepared.guest.subject == subject }
            var all = planned
            /// Returns whether there is anything new to judge; what was booted before an error counts.
            func boot(_ wanted: [OpenQuestions.Guest]) async throws -> Bool {
                var added: [RunGuest] = []
                var failure: (any Error)?
                do {
                    let deterministic = wanted.contains(where: \.isDeterministic) ? try await deterministic() : self
                    for question in wanted {
                        guard let like = planned.first(where: { $0.prepared.guest == question.like }) else { continue }
                        let runner = question.isDeterministic ? deterministic : self
                        let number = all.count - planned.count + added.count + 1
                        let guest = try await runner.guest(for: question, like, number: number)
                        if question.isDeterministic {
                            try await HostProcessors.waitUntilQuiet(atMost: Self.quietSeconds)
                        }
                        try await runner.bootOrLose(guest)
                        added.append(guest)
                    }
                } catch let error where !(error is CancellationError) {
                    failure = error
                }
                if !added.isEmpty {
                    try await collect(added)
                    try run.add(added.map(\.prepared.guest))
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

    /// A guest of the same run and kernel as `like`.
    private func guest(for question: OpenQuestions.Guest, _ like: RunGuest, number: Int) async throws -> RunGuest {
        let first = like.prepared.plan
        let isDeterministic = question.isDeterministic && machine.host.deterministic != nil
        let plan = BootPlan(
            target: first.target, guest: GuestName(first.subject, alone: first.alone, again: number), cpus: first.cpus,
            nanosecondsPerInstruction: isDeterministic
                ? Target.nanosecondsPerInstruction : first.nanosecondsPerInstruction,
            isDeterministic: isDeterministic ? true : nil, workloads: question.workloads)
        let prepared = try await like.prepared.planning(plan, cache: workspace.imageCache)
        let guest = RunGuest(prepared: prepared, run: like.run, isOneOfMany: like.isOneOfMany)
        try guest.folder.create()
        return guest
    }

    private func open(on runGuests: [RunGuest], in run: RunDirectory) throws -> OpenQuestions {
        let evidence = try runGuests.map { try run[$0.prepared.guest].evidence() }
        return OpenQuestions(
            evidence.map(Judge.judge), plans: evidence.map(\.plan),
            endings: Dictionary(uniqueKeysWithValues: evidence.map { ($0.plan.guest, $0.boot.ending) }))
    }
}
