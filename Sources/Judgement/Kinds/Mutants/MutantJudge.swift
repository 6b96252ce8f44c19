import Console
import Evidence

/// Says whether the workloads noticed a mutant, from what it did and what the kernel without it did.
struct MutantJudge {
    /// The kernel without any mutant, built and booted alike.
    let control: [GuestVerdict]
    /// Where the second run with the seed that kills it parts from the first; nil where it does not, or there is none.
    let difference: Recording.Difference?

    /// - Parameter guests: what its run shows; nil where there is none.
    func judge(_ mutant: MutantRecord, _ guests: [GuestVerdict]?) -> MutantVerdict {
        let deciding = Comparison.named(guests ?? [])
        let seen = deciding.map(\.verdict)
        let isOfTurns = Set(deciding.filter { $0.guest.isDeterministic == true }.map(\.verdict.name))
        var kills: [Kill] = []
        var passing: [String] = []
        var gaps: [String] = []
        for name in mutant.killedBy where mutant.fault == nil {
            switch judge(name, seen.first { $0.name == name }, isBooted: guests != nil) {
            case .passed where isOfTurns.contains(name):
                gaps.append("\(name) passes where the processors take turns, which shows one order of many")
            case .noticed(let kill): kills.append(kill)
            case .gap(let words): if !gaps.contains(words) { gaps.append(words) }
            case .passed: passing.append(name)
            }
        }
        if let difference, let seed = mutant.search?.seed, !kills.isEmpty {
            kills = []
            gaps = ["seed \(seed) gives another run the second time: \(difference)"] + gaps
        }
        let outcome: MutantVerdict.Outcome =
            if mutant.fault != nil {
                .error
            } else if !kills.isEmpty {
                .killed
            } else {
                gaps.isEmpty ? .survived : .couldNotTell
            }
        return MutantVerdict(
            name: mutant.name, subject: mutant.subject, breaks: mutant.breaks, killedBy: mutant.killedBy,
            variant: mutant.variant, outcome: outcome, kills: kills, passing: passing,
            alsoNoticed: seen.filter { !mutant.killedBy.contains($0.name) && passesOnControl($0.name) }
                .compactMap(Kill.init),
            gaps: gaps, fault: mutant.fault, search: mutant.search, run: mutant.run, notes: notes(guests ?? []))
    }

    private enum Sight {
        case noticed(Kill)
        case passed
        case gap(String)
    }

    private func judge(_ name: String, _ verdict: WorkloadVerdict?, isBooted: Bool) -> Sight {
        guard isBooted else { return .gap("it was not booted, or its run was cut off") }
        guard let verdict else { return .gap("\(name) was not run on it, or was cut off") }
        guard let before = controlled(name) else {
            return .gap("\(name) was not run on the patched kernel, or was cut off")
        }
        guard before.outcome == .pass else {
            return .gap("\(name) does not pass on the patched kernel: \(Self.words(before.outcome))")
        }
        if let kill = Kill(verdict) { return .noticed(kill) }
        return verdict.outcome == .pass ? .passed : .gap("\(name): \(Self.words(verdict.outcome))")
    }

    private func controlled(_ name: String) -> WorkloadVerdict? {
        Comparison.named(control).first { $0.verdict.name == name }?.verdict
    }

    private func passesOnControl(_ name: String) -> Bool { controlled(name)?.outcome == .pass }

    private static func words(_ outcome: WorkloadOutcome) -> String {
        ([outcome.word.rawValue] + outcome.reasons.prefix(1)).joined(separator: ", ")
    }

    /// What the console says beside the workloads is no workload's merit, and yet a reader's concern.
    private func notes(_ guests: [GuestVerdict]) -> [String] {
        guests.flatMap(\.findings).filter(\.counts).map {
            "\($0.headline.words) outside the workloads, console line \($0.headline.line)"
        }
    }
}
