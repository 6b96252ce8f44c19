import Console
import Evidence
import Judgement

/// A verdict for a person at a terminal: what each workload did, the figures, what the kernels said, the answer.
package struct TerminalReport: Sendable {
    /// Times of one boot vary by a third with the load of the host: less than that is no difference.
    package static let margin = 4.0 / 3.0
    private static let excerptLength = 14

    let verdict: Verdict
    let style: Style
    let width: Int
    let consoles: [GuestName: String]
    let kernel: BuildRecord?

    /// `kernel` is the one that is judged; `consoles` gives the path of each guest's console log as it is to be shown; `width` counts columns, 60 to 100.
    package init(
        _ verdict: Verdict, style: Style = .plain, width: Int = 100, consoles: [GuestName: String] = [:],
        kernel: BuildRecord? = nil
    ) {
        self.verdict = verdict
        self.style = style
        self.width = min(max(width, 60), 100)
        self.consoles = consoles
        self.kernel = kernel
    }

    package var text: String {
        Layout.text(of: [head, table, remarks, figures, findings, notes, answer])
    }

    /// What was tested; a run that is older than this record of the source has no such line.
    private var head: [String] {
        guard let kernel, let source = kernel.source else { return [] }
        var parts = ["\(verdict.target): Linux \(source.version) of \(source.given)"]
        if let variant = kernel.variant { parts.append("variant \(variant)") }
        let place = kernel.toolchain?.root.map { " in \($0)" } ?? ""
        parts.append("by \(kernel.compiler)\(place)")
        return Layout.wrap(parts.joined(separator: ", "), width: width, indent: 4)
    }

    private var table: [String] {
        guard !verdict.comparison.isEmpty else { return [] }
        let subjects = verdict.subjects
        let isCompared = subjects.count > 1
        let rows = verdict.comparison.map { row in
            [Table.Cell(text: row.workload)]
                + subjects.map { cell(row.word(on: $0), isKnown: isKnown(row.workload, on: $0)) }
                + (isCompared ? [cell(row.change)] : [])
        }
        let headings = ["workload"] + subjects.map(\.rawValue) + (isCompared ? ["change"] : [])
        return Table(headings: headings, rows: rows).lines(width: width, style: style)
    }

    /// The kernel is known to fail it, and does.
    private func isKnown(_ workload: String, on subject: Subject) -> Bool {
        let row = Comparison.named(verdict.guests.filter { $0.subject == subject }).first { $0.name == workload }
        return row.map { $0.verdict.known != nil && $0.verdict.outcome.isFailure } ?? false
    }

    private func cell(_ word: WorkloadOutcome.Word?, isKnown: Bool) -> Table.Cell {
        switch word {
        case nil: Table.Cell(text: "-", tone: .quiet)
        case .pass: Table.Cell(text: "pass", tone: .good)
        case .skip: Table.Cell(text: "skip", tone: .quiet)
        case .fail where isKnown, .crash where isKnown, .hang where isKnown:
            Table.Cell(text: "\(word?.rawValue ?? ""), known", tone: .doubtful)
        case .fail, .crash, .hang: Table.Cell(text: word?.rawValue ?? "", tone: .bad)
        case .lost, .unproven: Table.Cell(text: word?.rawValue ?? "", tone: .doubtful)
        }
    }

    private func cell(_ change: Change?) -> Table.Cell {
        switch change {
        case nil: Table.Cell(text: "-", tone: .quiet)
        case .same: Table.Cell(text: "same", tone: .quiet)
        case .fixed, .nowRuns: Table.Cell(text: change?.words ?? "", tone: .good)
        case .broken, .noLongerRuns: Table.Cell(text: change?.words ?? "", tone: .bad)
        case .differs, .unknown: Table.Cell(text: change?.words ?? "", tone: .doubtful)
        }
    }

    /// Why each workload is not a plain pass, and how the machines fared; a reason that many share is said once.
    private var remarks: [String] {
        var told: [(about: String, reason: String, subjects: [Subject])] = []
        func tell(_ about: String, _ reason: String, _ subject: Subject) {
            if let known = told.firstIndex(where: { $0.about == about && $0.reason == reason }) {
                if !told[known].subjects.contains(subject) { told[known].subjects.append(subject) }
            } else {
                told.append((about, reason, [subject]))
            }
        }
        for subject in verdict.subjects {
            for (name, workload, _) in Comparison.named(verdict.guests.filter { $0.subject == subject }) {
                let skips = workload.outcome == .pass ? workload.skips.map { "partly skipped: \($0)" } : []
                let known = workload.known.map { ["known finding: \($0.reason) (\($0.reference))"] } ?? []
                for reason in workload.outcome.reasons + known + skips + workload.notes { tell(name, reason, subject) }
            }
        }
        for guest in verdict.guests where guest.machine.state != .fine {
            let name = guest.again.map { "machine again-\($0)" } ?? guest.alone.map { "machine of \($0)" } ?? "machine"
            tell(name, guest.machine.reason, guest.subject)
        }
        return told.flatMap { entry -> [String] in
            let alike = told.filter { $0.reason == entry.reason && $0.subjects == entry.subjects }
            guard alike[0].about == entry.about else { return [] }
            let names = alike.map(\.about).joined(separator: ", ")
            return remark("\(names), \(entry.subjects.map(\.rawValue).joined(separator: " and ")): ", entry.reason)
        }
    }

    private func remark(_ head: String, _ text: String) -> [String] {
        Layout.wrap(head + text, width: width, indent: 4)
    }

    private var figures: [String] {
        let subjects = verdict.subjects
        let isCompared = subjects.count > 1
        let rows = verdict.comparison.flatMap { row in
            row.figures.map { figure in
                [Table.Cell(text: row.workload), Table.Cell(text: figure.name)]
                    + subjects.map { number(figure.value(on: $0)) }
                    + [Table.Cell(text: figure.unit)] + (isCompared ? [ratio(figure.ratio)] : [])
            }
        }
        guard !rows.isEmpty else { return [] }
        let headings = ["figures", ""] + subjects.map(\.rawValue) + ["unit"] + (isCompared ? ["ratio"] : [])
        return Table(headings: headings, rows: rows).lines(width: width, style: style)
    }

    private func number(_ value: Double?) -> Table.Cell {
        Table.Cell(text: value.map(Layout.number) ?? "-", tone: value == nil ? .quiet : nil, isNumber: true)
    }

    private func ratio(_ value: Double?) -> Table.Cell {
        guard let value else { return Table.Cell(text: "-", tone: .quiet) }
        let differs = value >= Self.margin || value <= 1 / Self.margin
        return Table.Cell(text: Layout.ratio(value) + (differs ? " *" : ""), tone: differs ? .strong : nil)
    }

    private var notes: [String] {
        let told = verdict.guests.flatMap { guest in guest.notes.map { "\(guest.guest): \($0)" } } + verdict.notes
        let differing = verdict.comparison.flatMap(\.figures).contains {
            $0.ratio.map { $0 >= Self.margin || $0 <= 1 / Self.margin } ?? false
        }
        let star = differing ? ["* more than a third apart; less is within the noise of a single boot"] : []
        return (told + star).flatMap { Layout.wrap($0, width: width, indent: 4) }
    }
}

// What the kernels said, and the answer.
extension TerminalReport {
    private var findings: [String] {
        // A death that had to come is told in a line among the remarks.
        let parts = verdict.guests.filter { $0.machine.state != .asExpected }.flatMap { guest in
            (guest.workloads.flatMap(\.findings) + guest.findings)
                .sorted { $0.headline.line < $1.headline.line }
                .map { finding($0, of: guest) }
        }
        return Array(parts.joined(separator: [""]))
    }

    private func finding(_ finding: ConsoleFinding, of guest: GuestVerdict) -> [String] {
        let names = Comparison.named([guest]).map(\.name)
        let name = finding.workload.flatMap { names.indices.contains($0 - 1) ? names[$0 - 1] : nil }
        let place =
            switch finding.place {
            case .boot: "before the first workload"
            case .inside: "in \(name ?? "a workload")"
            case .after: "after \(name ?? "a workload")"
            }
        let count = finding.count > 1 ? ", \(finding.count) times" : ""
        let head =
            "\(guest.guest), \(place): \(finding.headline.words)\(count) (console line \(finding.headline.line))"
            + (finding.counts ? "" : ", which does not count")
        let excerpt = finding.excerpt
        var shown = Array(excerpt.prefix(Self.excerptLength))
        if excerpt.count > shown.count { shown.append("[... \(excerpt.count - shown.count) lines more ...]") }
        return Layout.wrap(head, width: width, indent: 4).map { style.set($0, .strong) }
            + shown.map { "  | " + Layout.cut($0, to: width - 4) }
    }

    private var answer: [String] {
        let conclusion = verdict.conclusion
        let isNamed = conclusion.failing.allSatisfy { conclusion.reason.contains($0) }
        let names = isNamed ? "" : " in \(conclusion.failing.joined(separator: ", "))"
        var lines = conclusion.lines(width: width, style: style, names: names)
        switch conclusion.answer {
        case .passed: break
        case .failed, .couldNotJudge: lines += next
        }
        return lines
    }

    /// Where to look: the judged kernel's console, or that of the machine of which too little is known.
    private var next: [String] {
        let unknown = verdict.guests.last { $0.machine.state.isUnknown }?.guest
        let failing = Comparison.named(verdict.judged).first { verdict.conclusion.failing.contains($0.name) }?.guest
            .guest
        let judged = failing ?? verdict.judged.first?.guest
        let guest = verdict.conclusion.answer == .couldNotJudge ? unknown ?? judged : judged
        guard let guest, let path = consoles[guest] else { return [] }
        // A path is never cut: it is there to be copied.
        return ["Next: read \(path)"]
    }
}
