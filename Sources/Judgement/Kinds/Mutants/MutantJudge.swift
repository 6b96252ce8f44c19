import Console
import Evidence

/// Decides if the workloads noticed a mutant, by comparing it with the kernel without it.
struct MutantJudge {
    /// The kernel without any mutant, built and booted in the same way.
    let control: [GuestVerdict]
    /// The first difference between the two runs with the killing seed; nil if they are the same, or there is only one.
    let difference: Recording.Difference?

    /// - Parameter guests: what its run shows; nil if it has none.
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
                gaps.append("\(name) passes if the processors take turns, which shows one order of many")
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

    /// What the console reports outside the workloads: no workload noticed it, but a reader should know it.
    private func notes(_ guests: [GuestVerdict]) -> [String] {
        guests.flatMap(\.findings).filter(\.counts).map {
            "\($0.headline.words) outside the workloads, console line \($0.headline.line)"
        }
    }
}
