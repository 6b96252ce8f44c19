import Judgement

/// Many runs of one plan for a person at a terminal: how often each workload failed, and the answer.
package struct RepetitionReport: Sendable {
    let verdict: RepetitionVerdict
    let style: Style
    let width: Int
    let folder: String

    /// `folder` is the path of the test as it is to be shown; `width` counts columns, 60 to 100.
    package init(_ verdict: RepetitionVerdict, style: Style = .plain, width: Int = 100, folder: String) {
        self.verdict = verdict
        self.style = style
        self.width = min(max(width, 60), 100)
        self.folder = folder
    }

    package var text: String { Layout.text(of: [table, remarks, answer]) }

    private var table: [String] {
        guard !verdict.workloads.isEmpty else { return [] }
        let rows = verdict.workloads.map { row($0.name, $0.failure, skipped: $0.skipped, unknown: $0.unknown) }
        let headings = ["workload", "runs", "failed", "rate", "95 % interval", "skipped", "unknown"]
        return Table(headings: headings, rows: rows + [row("whole runs", verdict.failure, skipped: nil, unknown: nil)])
            .lines(width: width, style: style)
    }

    private func row(_ name: String, _ failure: FailureRate, skipped: Int?, unknown: Int?) -> [Table.Cell] {
        func count(_ number: Int?, _ tone: Style.Tone) -> Table.Cell {
            Table.Cell(text: number.map { "\($0)" } ?? "", tone: (number ?? 0) > 0 ? tone : .quiet, isNumber: true)
        }
        return [
            Table.Cell(text: name), Table.Cell(text: "\(failure.runs)", isNumber: true), count(failure.failures, .bad),
            Table.Cell(text: failure.rate.map(Self.percent) ?? "-", isNumber: true),
            Table.Cell(
                text: failure.interval.map { "\(Self.percent($0[0])) to \(Self.percent($0[1]))" } ?? "-", isNumber: true
            ),
            count(skipped, .quiet), count(unknown, .doubtful),
        ]
    }

    private static func percent(_ part: Double) -> String {
        let tenths = Int((part * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private var remarks: [String] {
        verdict.workloads.filter { !$0.failed.isEmpty }.flatMap { workload in
            Layout.wrap(
                "\(workload.name) failed in \(workload.failed.joined(separator: ", ")): \(workload.reason ?? "")",
                width: width, indent: 4)
        }
    }

    private var answer: [String] {
        let failed = verdict.workloads.lazy.compactMap(\.failed.first).first
        // A path is never cut: it is there to be copied.
        return verdict.conclusion.lines(width: width, style: style)
            + (failed.map { ["Next: drydock report \(folder)/\($0)"] } ?? [])
    }
}
