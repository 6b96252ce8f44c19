import Evidence

/// One workload on both kernels, or on the one that was booted.
package struct Comparison: Codable, Sendable, Equatable {
    /// The workload's name; with a count if the plan names it more than once: `register (2)`.
    package let workload: String
    /// Nil if it was not planned on base.
    package let base: WorkloadOutcome.Word?
    /// Nil if it was not planned on patched.
    package let patched: WorkloadOutcome.Word?
    /// Set only for a kernel that was tested as it is; base and patched are nil then.
    package let asIs: WorkloadOutcome.Word?
    /// Set only for a mutant; base and patched are nil then.
    package let mutant: WorkloadOutcome.Word?
    /// Nil if only one kernel was booted.
    package let change: Change?
    package let figures: [FigureComparison]

    private enum CodingKeys: String, CodingKey {
        case workload, base, patched, mutant, change, figures
        case asIs = "as-is"
    }

    /// The workload's outcome on `subject`.
    package func word(on subject: Subject) -> WorkloadOutcome.Word? {
        switch subject {
        case .base: base
        case .patched: patched
        case .asIs: asIs
        case .mutant: mutant
        }
    }

    /// A row for each workload of the only kernel.
    static func rows(ofSole guests: [GuestVerdict]) -> [Comparison] {
        named(guests).map { name, verdict, guest in
            let isMutant = guest.subject.isMutant
            let word = verdict.outcome.word
            return Comparison(
                workload: name, base: nil, patched: nil, asIs: isMutant ? nil : word, mutant: isMutant ? word : nil,
                change: nil,
                figures: verdict.figures.map {
                    FigureComparison(
                        name: $0.name, unit: $0.unit, asIs: isMutant ? nil : $0.value, mutant: isMutant ? $0.value : nil
                    )
                })
        }
    }

    /// Pairs the workloads of both boots by name, in the order of the patched kernel's plan.
    static func pairs(base: [GuestVerdict], patched: [GuestVerdict]) -> [Comparison] {
        let left = named(base)
        let right = named(patched)
        let both = !base.isEmpty && !patched.isEmpty
        let names = right.map(\.name) + left.map(\.name).filter { name in !right.contains { $0.name == name } }
        return names.map { name in
            let (first, second) = (left.first { $0.name == name }, right.first { $0.name == name })
            let (before, after) = (first?.verdict, second?.verdict)
            let isSameMachine = (first?.guest.isDeterministic == true) == (second?.guest.isDeterministic == true)
            return Comparison(
                workload: name, base: before?.outcome.word, patched: after?.outcome.word, asIs: nil, mutant: nil,
                change: both && !isOfJudgedAlone(name, right) ? change(before, after, isSameMachine) : nil,
                figures: isSameMachine ? FigureComparison.pairs(before?.figures ?? [], after?.figures ?? []) : [])
        }
    }

    /// Whether the workload had a guest to itself: that happens on the judged kernel only, so there is nothing to
    /// compare.
    private static func isOfJudgedAlone(_ name: String, _ judged: [Named]) -> Bool {
        judged.contains { $0.name == name && $0.guest.alone != nil }
    }

    package typealias Named = (name: String, verdict: WorkloadVerdict, guest: GuestVerdict)

    /// The workloads of a kernel's guests by their names in comparisons, each as the deciding guest shows it.
    package static func named(_ guests: [GuestVerdict]) -> [Named] {
        var counts: [String: Int] = [:]
        return deciding(guests).map { verdict, guest in
            let count = counts[verdict.name, default: 0] + 1
            counts[verdict.name] = count
            return (count == 1 ? verdict.name : "\(verdict.name) (\(count))", verdict, guest)
        }
    }

    /// The guest that decides on each workload.
    ///
    /// A guest that ran unfinished workloads again decides on the first unfinished workload of that name. In a guest
    /// without a disk a workload may have to skip itself, or a check; that does not count as an answer.
    private static func deciding(_ guests: [GuestVerdict]) -> [(verdict: WorkloadVerdict, guest: GuestVerdict)] {
        var all: [(verdict: WorkloadVerdict, guest: GuestVerdict)] = []
        for guest in guests {
            for verdict in guest.workloads {
                guard guest.again != nil,
                    let open = all.firstIndex(where: { $0.verdict.name == verdict.name && $0.verdict.isOpen }
                    )
                else {
                    all.append((verdict, guest))
                    continue
                }
                if guest.isDeterministic == true, !verdict.outcome.isFailure,
                    verdict.checks.skipped > 0 || verdict.outcome.word == .skip
                {
                    continue
                }
                all[open] = (verdict, guest)
            }
        }
        return all
    }

    private static func change(
        _ base: WorkloadVerdict?, _ patched: WorkloadVerdict?, _ isSameMachine: Bool
    ) -> Change {
        guard let base, let patched else { return .unknown }
        return Change(from: base, to: patched, onSameMachine: isSameMachine)
    }
}
