import Evidence
import Judgement

/// A mutation test for a person at a terminal: a row for each mutant, why some are not killed, the score.
package struct MutationReport: Sendable {
    private static let narrowestEvidence = 24

    let verdict: MutationVerdict
    let style: Style
    let width: Int
    let folder: String

    /// `folder` is the path of the test as it is to be shown; `width` counts columns, 60 to 120.
    package init(_ verdict: MutationVerdict, style: Style = .plain, width: Int = 120, folder: String) {
        self.verdict = verdict
        self.style = style
        self.width = min(max(width, 60), 120)
        self.folder = folder
    }

    package var text: String { Layout.text(of: [table, remarks, answer]) }

    private var table: [String] {
        guard !verdict.mutants.isEmpty else { return [] }
        let headings = ["mutant", "breaks", "killed by", "outcome", "evidence"]
        let rows = verdict.mutants.map { mutant in
            [
                Table.Cell(text: mutant.name), Table.Cell(text: mutant.breaks.joined(separator: " ")),
                Table.Cell(text: Self.killers(of: mutant)), Self.outcome(of: mutant),
                Table.Cell(text: Self.evidence(of: mutant)),
            ]
        }
        // The other columns say which mutant it is; the evidence stands in whole in the JSON.
        let others = headings.indices.dropLast().map { column in
            ([headings[column].count] + rows.map { $0[column].text.count }).max() ?? 0
        }
        let room = max(width - others.reduce(0) { $0 + $1 + 2 }, Self.narrowestEvidence)
        let cut = rows.map { row in row.dropLast() + [Table.Cell(text: Layout.cut(row[4].text, to: room))] }
        return Table(headings: headings, rows: cut.map(Array.init)).lines(width: width, style: style)
    }

    /// The workloads that did, or else those that should have.
    private static func killers(of mutant: MutantVerdict) -> String {
        let names = mutant.kills.isEmpty ? mutant.killedBy.map { "(\($0))" } : mutant.kills.map(\.workload)
        return (names.first ?? "") + (names.count > 1 ? " +\(names.count - 1)" : "")
    }

    private static func outcome(of mutant: MutantVerdict) -> Table.Cell {
        let tone: Style.Tone =
            switch mutant.outcome {
            case .killed: .good
            case .survived: .bad
            case .couldNotTell, .error: .doubtful
            }
        return Table.Cell(text: mutant.outcome.words, tone: tone)
    }

    private static func evidence(of mutant: MutantVerdict) -> String {
        switch mutant.outcome {
        case .killed:
            guard let kill = mutant.kills.first else { return "" }
            let line = kill.line.map { ", console line \($0)" } ?? ""
            // The word stands before the reason, which may be cut.
            let seed = mutant.search.map { "seed \($0.seed) twice, " } ?? ""
            return "\(seed)\(kill.outcome.rawValue)\(line): \(kill.reason)"
        case .survived:
            let seeds = mutant.search.map { " under \($0.tried) seed\($0.tried == 1 ? "" : "s")" } ?? ""
            return "passes\(seeds): \(mutant.killedBy.joined(separator: ", "))"
        case .couldNotTell: return mutant.gaps.first ?? ""
        case .error: return mutant.fault?.kind.words ?? ""
        }
    }

    /// Why each mutant is not killed, in whole, and what is named in vain as its killer.
    private var remarks: [String] {
        verdict.mutants.flatMap { mutant -> [String] in
            switch mutant.outcome {
            case .killed:
                return mutant.passing.flatMap {
                    remark("\(mutant.name): ", "\($0) passes on it, though Killed-by names it")
                }
            case .survived:
                let others = mutant.alsoNoticed.map { "noticed by \($0.workload), which Killed-by does not name" }
                return ([mutant.subject] + others + mutant.notes).flatMap { remark("\(mutant.name): ", $0) }
            case .couldNotTell: return (mutant.gaps + mutant.notes).flatMap { remark("\(mutant.name): ", $0) }
            case .error:
                let lines = (mutant.fault?.reason ?? "").split(separator: "\n")
                return lines.enumerated().flatMap { remark($0 == 0 ? "\(mutant.name): " : "    ", String($1)) }
            }
        }
    }

    private func remark(_ head: String, _ text: String) -> [String] {
        if head.allSatisfy(\.isWhitespace) { return [Layout.cut(head + text, to: width)] }
        return Layout.wrap(head + text, width: width, indent: 4)
    }

    private var answer: [String] {
        [score] + verdict.conclusion.lines(width: width, style: style) + next
    }

    /// Rounded down: only a full score is 100 %.
    private var score: String {
        let killed = verdict.count(.killed)
        let judged = verdict.mutants.count - verdict.count(.error)
        let counts = "\(killed) of \(judged) killed on Linux \(verdict.version)"
        let notForThis = verdict.leftOut.isEmpty ? "" : "; \(verdict.leftOut.count) not for this tree"
        let noRaces = verdict.withoutRace.map { "; \($0.count) that no race must notice are left out" } ?? ""
        let leftOut = notForThis + noRaces
        return judged == 0
            ? "no mutation score: no mutant was tested\(leftOut)"
            : "mutation score \(100 * killed / judged) % (\(counts)\(leftOut))"
    }

    /// The console of the first that was not killed, or a kill that can be shown again.
    private var next: [String] {
        let open = verdict.mutants.first { $0.outcome == .survived || $0.outcome == .couldNotTell }
        // A path is never cut: it is there to be copied.
        if let run = open?.run { return ["Next: read \(folder)/\(run)/mutant/console.log"] }
        let killed = verdict.mutants.first { $0.outcome == .killed && $0.search != nil }
        return killed?.run.map { ["Next: drydock replay \(folder)/\($0)"] } ?? []
    }
}
