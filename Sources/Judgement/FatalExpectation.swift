import Evidence

/// Holds what a workload did against the death or the hang it was to bring about: any other end is a failure.
struct FatalExpectation {
    private let planned: PlannedWorkload
    /// What the kernel reported while it ran.
    private let findings: [ConsoleFinding]
    /// The console while it ran.
    private let lines: [String]

    init(_ planned: PlannedWorkload, findings: [ConsoleFinding], lines: [String]) {
        self.planned = planned
        self.findings = findings
        self.lines = lines
    }

    /// - Parameter seen: what it would be of a workload that has to pass.
    func outcome(of seen: WorkloadOutcome) -> WorkloadOutcome {
        switch planned.expectation {
        case .pass: seen
        case .death(let kinds, let functions): death(of: kinds, in: functions, seen)
        case .hang(let functions): hang(in: functions, seen)
        }
    }

    private func death(of kinds: [FindingKind], in functions: [String], _ seen: WorkloadOutcome) -> WorkloadOutcome {
        let expected = "\(Self.list(kinds.map(\.words))) in \(Self.list(functions))"
        // A report of the expected kind may be a warning to other workloads: what came first decides.
        if let first = findings.first(where: { $0.kind.weight != .complaint || kinds.contains($0.kind) })?.headline,
            kinds.contains(first.kind), let function = first.function, functions.contains(function)
        {
            return .pass
        }
        return other(seen, expected: expected)
    }

    private func hang(in functions: [String], _ seen: WorkloadOutcome) -> WorkloadOutcome {
        let expected = "a hang in \(Self.list(functions))"
        let crash = findings.first { $0.kind.weight == .crash }
        if crash == nil, case .hang = seen, isStuck(in: functions) { return .pass }
        return other(seen, expected: expected)
    }

    /// A line of a stack, such as ` [<ffffffff8026a8b0>] mm_take_all_locks+0x4a/0x210`, names one of the functions.
    private func isStuck(in functions: [String]) -> Bool {
        lines.contains { line in
            functions.contains { name in
                line.ranges(of: "\(name)+0x").contains { range in
                    range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isPartOfName
                }
            }
        }
    }

    private func other(_ seen: WorkloadOutcome, expected: String) -> WorkloadOutcome {
        switch seen {
        case .pass: .fail(reasons: ["it passed where \(expected) had to end it"])
        case .fail(let reasons): .fail(reasons: reasons + ["\(expected) was expected"])
        case .crash(let reason, let finding):
            .crash(reason: "\(reason), where \(expected) was expected", finding: finding)
        case .hang(let reason, let finding):
            .hang(reason: "\(reason), where \(expected) was expected", finding: finding)
        case .skip, .lost, .unproven: seen
        }
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: " or ") }
}

extension Character {
    fileprivate var isPartOfName: Bool { isLetter || isNumber || self == "_" || self == "." }
}
