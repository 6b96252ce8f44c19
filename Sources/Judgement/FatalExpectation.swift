import Console
import Evidence

/// Compares a workload's end with the death or the hang that was expected of it; any other end is a failure.
struct FatalExpectation {
    private let planned: PlannedWorkload
    /// The kernel's reports while it ran.
    private let findings: [ConsoleFinding]
    /// The console while it ran.
    private let lines: [String]
    /// Its checks that are `not ok`, in words.
    private let failures: [String]

    init(_ planned: PlannedWorkload, findings: [ConsoleFinding], lines: [String], failures: [String]) {
        self.planned = planned
        self.findings = findings
        self.lines = lines
        self.failures = failures
    }

    /// - Parameters:
    ///   - seen: the outcome that a workload which must pass would have.
    ///   - said: the same without the kernel's reports.
    func outcome(of seen: WorkloadOutcome, said: WorkloadOutcome) -> WorkloadOutcome {
        switch planned.expectation {
        case .pass: seen
        case .death(let kinds, let functions): death(of: kinds, in: functions, seen)
        case .hang(let functions): hang(in: functions, seen, said: said)
        }
    }

    private func death(of kinds: [FindingKind], in functions: [String], _ seen: WorkloadOutcome) -> WorkloadOutcome {
        let expected = "\(Self.list(kinds.map(\.words))) in \(Self.list(functions))"
        func isExpected(_ headline: FindingHeadline) -> Bool {
            kinds.contains(headline.kind) && headline.function.map(functions.contains) == true
        }
        guard let first = findings.first?.headline else { return other(seen, expected: expected) }
        if isExpected(first) { return came(expected) }
        let cameLate = findings.contains { isExpected($0.headline) }
        return other(seen, expected: expected + (cameLate ? ", with no \(first.words) before it," : ""))
    }

    private func hang(in functions: [String], _ seen: WorkloadOutcome, said: WorkloadOutcome) -> WorkloadOutcome {
        let expected = "a hang in \(Self.list(functions))"
        let crash = findings.first { $0.kind.weight == .crash }
        // A lockup that the kernel reports and recovers from does not count for a workload that came back.
        if crash == nil, case .hang = said, isStuck(in: functions) { return came(expected) }
        return other(seen, expected: expected)
    }

    /// Even if the end is the right one, a check before it may have failed.
    private func came(_ expected: String) -> WorkloadOutcome {
        failures.isEmpty ? .pass : .fail(reasons: failures + ["\(expected) ended it all the same"])
    }

    /// Whether a line of a stack, such as ` [<ffffffff8026a8b0>] mm_take_all_locks+0x4a/0x210`, names one of the
    /// functions.
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
