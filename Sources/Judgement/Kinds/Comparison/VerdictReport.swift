import Console
import Evidence
import Foundation

extension Verdict: TestVerdict {
    package func report(of place: URL) throws -> TestReport {
        let run = try RunDirectory(opening: place)
        return report(
            consoles: Dictionary(uniqueKeysWithValues: guests.map { ($0.guest, run[$0.guest][.console].path) }),
            kernel: try guests.last.flatMap { try run[$0.guest].build() })
    }

    /// - Parameters:
    ///   - consoles: the path of each guest's console log, in the form in which it is shown.
    ///   - kernel: the judged one; nil if its record is not known.
    package func report(consoles: [GuestName: String] = [:], kernel: BuildRecord? = nil) -> TestReport {
        VerdictReport(verdict: self, consoles: consoles, kernel: kernel).report
    }
}

/// The outcome of each workload, the figures, and the kernels' reports.
private struct VerdictReport {
    private static let excerptLength = 14

    let verdict: Verdict
    let consoles: [GuestName: String]
    let kernel: BuildRecord?

    var report: TestReport {
        let conclusion = verdict.conclusion
        let isNamed = conclusion.failing.allSatisfy { conclusion.reason.contains($0) }
        return TestReport(
            sections: [.text(head), .table(table), .text(remarks), .table(figures)] + findings.map { .text($0) }
                + [.text(notes)],
            conclusion: conclusion, names: isNamed ? [] : conclusion.failing, next: next, cases: cases)
    }

    /// What was tested; a run from before this record of the source has no such line.
    private var head: [TestReport.Paragraph] {
        guard let kernel, let source = kernel.source else { return [] }
        var parts = ["\(verdict.target): Linux \(source.version) of \(source.given)"]
        if let variant = kernel.variant { parts.append("variant \(variant)") }
        let place = kernel.toolchain?.root.map { " in \($0)" } ?? ""
        parts.append("by \(kernel.compiler)\(place)")
        return [.init(parts.joined(separator: ", "))]
    }

    private var table: TestReport.Table {
        let subjects = verdict.subjects
        let isCompared = subjects.count > 1
        let rows = verdict.comparison.map { row in
            [TestReport.Cell(row.workload)]
                + subjects.map { cell(row.word(on: $0), isKnown: isKnown(row.workload, on: $0)) }
                + (isCompared ? [cell(row.change)] : [])
        }
        return TestReport.Table(
            headings: ["workload"] + subjects.map(\.description) + (isCompared ? ["change"] : []), rows: rows)
    }

    /// Whether the workload is a known failure of the kernel, and failed.
    private func isKnown(_ workload: String, on subject: Subject) -> Bool {
        let row = Comparison.named(verdict.guests.filter { $0.subject == subject }).first { $0.name == workload }
        return row.map { $0.verdict.known != nil && $0.verdict.outcome.isFailure } ?? false
    }

    private func cell(_ word: WorkloadOutcome.Word?, isKnown: Bool) -> TestReport.Cell {
        switch word {
        case nil: .none
        case .pass: .init("pass", tone: .good)
        case .skip: .init("skip", tone: .quiet)
        case .fail where isKnown, .crash where isKnown, .hang where isKnown:
            .init("\(word?.rawValue ?? ""), known", tone: .doubtful)
        case .fail, .crash, .hang: .init(word?.rawValue ?? "", tone: .bad)
        case .lost, .unproven: .init(word?.rawValue ?? "", tone: .doubtful)
        }
    }

    private func cell(_ change: Change?) -> TestReport.Cell {
        switch change {
        case nil: .none
        case .same: .init("same", tone: .quiet)
        case .fixed, .nowRuns: .init(change?.words ?? "", tone: .good)
        case .broken, .noLongerRuns: .init(change?.words ?? "", tone: .bad)
        case .differs, .unknown: .init(change?.words ?? "", tone: .doubtful)
        }
    }

    /// Why each workload is not a plain pass, and what happened to the guests; a reason that several share is printed
    /// once.
    private var remarks: [TestReport.Paragraph] {
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
        for guest in verdict.guests where guest.machine.state != .fine || guest.leaks != nil {
            let name = guest.again.map { "machine again-\($0)" } ?? guest.alone.map { "machine of \($0)" } ?? "machine"
            if guest.machine.state != .fine { tell(name, guest.machine.reason, guest.subject) }
            for leak in guest.leaks ?? [] { tell(name, "\(leak.words) after all workloads", guest.subject) }
        }
        return told.compactMap { entry in
            let alike = told.filter { $0.reason == entry.reason && $0.subjects == entry.subjects }
            guard alike[0].about == entry.about else { return nil }
            let names = alike.map(\.about).joined(separator: ", ")
            return .init("\(names), \(entry.subjects.map(\.description).joined(separator: " and ")): \(entry.reason)")
        }
    }

    private var figures: TestReport.Table {
        let subjects = verdict.subjects
        let isCompared = subjects.count > 1
        let rows = verdict.comparison.flatMap { row in
            row.figures.map { figure in
                [TestReport.Cell(row.workload), TestReport.Cell(figure.name)]
                    + subjects.map { number(figure.value(on: $0)) }
                    + [TestReport.Cell(figure.unit)] + (isCompared ? [ratio(figure)] : [])
            }
        }
        return TestReport.Table(
            headings: ["figures", ""] + subjects.map(\.description) + ["unit"] + (isCompared ? ["ratio"] : []),
            rows: rows)
    }

    private func number(_ value: Double?) -> TestReport.Cell {
        value.map { .init(NumberText.number($0), isNumber: true) } ?? .init("-", tone: .quiet, isNumber: true)
    }

    private func ratio(_ figure: FigureComparison) -> TestReport.Cell {
        guard let value = figure.ratio else { return .none }
        let text = NumberText.ratio(value)
        return figure.isApart ? .init("\(text) *", tone: .strong) : .init(text)
    }

    private var notes: [TestReport.Paragraph] {
        let told = verdict.guests.flatMap { guest in guest.notes.map { "\(guest.guest): \($0)" } } + verdict.notes
        let isApart = verdict.comparison.flatMap(\.figures).contains(where: \.isApart)
        let star = isApart ? ["* more than a third apart; less is within the noise of a single boot"] : []
        return (told + star).map { .init($0) }
    }
}

// The kernels' reports, and where to look.
extension VerdictReport {
    /// A section each.
    private var findings: [[TestReport.Paragraph]] {
        // An expected death is reported in one line among the remarks.
        verdict.guests.filter { $0.machine.state != .asExpected }.flatMap { guest in
            (guest.workloads.flatMap(\.findings) + guest.findings)
                .sorted { $0.headline.line < $1.headline.line }
                .map { finding($0, of: guest) }
        }
    }

    private func finding(_ finding: ConsoleFinding, of guest: GuestVerdict) -> [TestReport.Paragraph] {
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
        return [.init(head, tone: .strong)] + shown.map { .init($0, .quoted) }
    }

    /// The console of the judged kernel, or of the guest of which too little is known.
    private var next: [String] {
        guard verdict.conclusion.answer != .passed else { return [] }
        let unknown = verdict.guests.last { $0.machine.state.isUnknown }?.guest
        let failing = Comparison.named(verdict.judged).first { verdict.conclusion.failing.contains($0.name) }?.guest
            .guest
        let judged = failing ?? verdict.judged.first?.guest
        let guest = verdict.conclusion.answer == .couldNotJudge ? unknown ?? judged : judged
        guard let guest, let path = consoles[guest] else { return [] }
        return ["read \(path)"]
    }

    private var cases: [TestReport.Case] {
        Comparison.named(verdict.judged).map { name, workload, _ in
            let word = workload.outcome.word
            return TestReport.Case(
                name: name, result: result(of: workload, isFailing: verdict.conclusion.failing.contains(name)),
                details: word == .skip ? [] : workload.outcome.reasons.map { "\(word.rawValue): \($0)" })
        }
    }

    private func result(of workload: WorkloadVerdict, isFailing: Bool) -> TestReport.Case.Result {
        if isFailing { return .failed }
        return switch workload.outcome {
        case .pass: .passed
        case .skip(let reason): .skipped(reason: reason)
        case .fail where workload.failsByLeakAlone: .knownFailure(reason: "it leaks as much on base")
        case .fail, .crash, .hang: workload.known.map { .knownFailure(reason: $0.reason) } ?? .failed
        case .lost, .unproven: .inconclusive
        }
    }
}
