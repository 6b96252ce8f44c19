import Evidence
import Foundation

extension MutationVerdict: TestVerdict {
    package func report(of place: URL) -> TestReport {
        TestReport(
            sections: [.table(table), .text(mutants.flatMap(\.remarks))], summary: [scoreWords], conclusion: conclusion,
            next: next(in: place), cases: mutants.map(\.asCase), mostColumns: 120)
    }

    private static let leastOfEvidence = 24

    private var table: TestReport.Table {
        let rows = mutants.map { mutant in
            [
                TestReport.Cell(mutant.name), TestReport.Cell(mutant.breaks.joined(separator: " ")),
                TestReport.Cell(mutant.killers), TestReport.Cell(mutant.outcome.words, tone: mutant.tone),
                TestReport.Cell(mutant.evidence),
            ]
        }
        // The other columns identify the mutant, and the JSON has all the evidence.
        return TestReport.Table(
            headings: ["mutant", "breaks", "killed by", "outcome", "evidence"], rows: rows,
            leastOfLastColumn: Self.leastOfEvidence)
    }

    /// Rounded down, so that only a full score is 100 %.
    private var scoreWords: String {
        let killed = count(.killed)
        let judged = mutants.count - count(.error)
        let counts = "\(killed) of \(judged) killed on Linux \(version)"
        let notForThis = leftOut.isEmpty ? "" : "; \(leftOut.count) not for this tree"
        let noRaces = withoutRace.map { "; \($0.count) that no race must notice are left out" } ?? ""
        return judged == 0
            ? "no mutation score: no mutant was tested\(notForThis + noRaces)"
            : "mutation score \(100 * killed / judged) % (\(counts)\(notForThis + noRaces))"
    }

    /// The console of the first mutant that was not killed, or a kill that can be shown again.
    private func next(in place: URL) -> [String] {
        let open = mutants.first { $0.outcome == .survived || $0.outcome == .couldNotTell }
        if let run = open?.run { return ["read \(place.path)/\(run)/mutant/console.log"] }
        let killed = mutants.first { $0.outcome == .killed && $0.search != nil }
        return killed?.run.map { ["drydock replay \(place.path)/\($0)"] } ?? []
    }
}

extension MutantVerdict {
    /// The workloads that killed it; if none did, those that should have.
    fileprivate var killers: String {
        let names = kills.isEmpty ? killedBy.map { "(\($0))" } : kills.map(\.workload)
        return (names.first ?? "") + (names.count > 1 ? " +\(names.count - 1)" : "")
    }

    fileprivate var tone: TestReport.Tone {
        switch outcome {
        case .killed: .good
        case .survived: .bad
        case .couldNotTell, .error: .doubtful
        }
    }

    fileprivate var evidence: String {
        switch outcome {
        case .killed:
            guard let kill = kills.first else { return "" }
            let line = kill.line.map { ", console line \($0)" } ?? ""
            // The outcome comes before the reason, because the reason may be cut.
            let seed = search.map { "seed \($0.seed) twice, " } ?? ""
            return "\(seed)\(kill.outcome.rawValue)\(line): \(kill.reason)"
        case .survived:
            let seeds = search.map { " under \($0.tried) seed\($0.tried == 1 ? "" : "s")" } ?? ""
            return "passes\(seeds): \(killedBy.joined(separator: ", "))"
        case .couldNotTell: return gaps.first ?? ""
        case .error: return fault?.kind.words ?? ""
        }
    }

    /// Why it is not killed, uncut, and which workloads its patch should not name.
    fileprivate var remarks: [TestReport.Paragraph] {
        switch outcome {
        case .killed: return passing.map { .init("\(name): \($0) passes on it, though Killed-by names it") }
        case .survived:
            let others = alsoNoticed.map { "noticed by \($0.workload), which Killed-by does not name" }
            return ([subject] + others + notes).map { .init("\(name): \($0)") }
        case .couldNotTell: return (gaps + notes).map { .init("\(name): \($0)") }
        case .error:
            let lines = (fault?.reason ?? "").split(separator: "\n")
            return lines.enumerated().map { index, line in
                index == 0 ? .init("\(name): \(line)") : .init("    \(line)", .verbatim)
            }
        }
    }

    fileprivate var asCase: TestReport.Case {
        let result: TestReport.Case.Result =
            switch outcome {
            case .killed: .passed
            case .survived: .failed
            case .couldNotTell, .error: .inconclusive
            }
        return TestReport.Case(name: name, result: result, details: ["\(outcome.words): \(evidence)"])
    }
}
