import Judgement

/// One plan under many seeds for a person at a terminal: which seeds fail, how far they differ, and the answer.
package struct SeedReport: Sendable {
    let verdict: SeedVerdict
    let style: Style
    let width: Int
    let folder: String

    /// `folder` is the path of the test as it is to be shown; `width` counts columns, 60 to 100.
    package init(_ verdict: SeedVerdict, style: Style = .plain, width: Int = 100, folder: String) {
        self.verdict = verdict
        self.style = style
        self.width = min(max(width, 60), 100)
        self.folder = folder
    }

    package var text: String {
        let sections = [table, remarks, answer].filter { !$0.isEmpty }
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var table: [String] {
        guard !verdict.workloads.isEmpty else { return [] }
        let rows = verdict.workloads.map { workload in
            let variety = verdict.varieties.first { $0.workload == workload.name }
            return [
                Table.Cell(text: workload.name),
                Table.Cell(text: "\(workload.failure.runs)", isNumber: true),
                Table.Cell(
                    text: "\(workload.failure.failures)", tone: workload.failure.failures > 0 ? .bad : .quiet,
                    isNumber: true),
                Table.Cell(text: "\(workload.knownFailed.count)", tone: .quiet, isNumber: true),
                Table.Cell(
                    text: "\(workload.unknown)", tone: workload.unknown > 0 ? .doubtful : .quiet, isNumber: true),
                Table.Cell(text: variety.map { "\($0.distinct) of \($0.seeds)" } ?? "-", isNumber: true),
            ]
        }
        return Table(headings: ["workload", "seeds", "failed", "as known", "unknown", "distinct orders"], rows: rows)
            .lines(width: width, style: style)
    }

    private var remarks: [String] {
        let failed = verdict.workloads.filter { !$0.failed.isEmpty }.map { workload in
            let first = workload.failed.prefix(10).joined(separator: ", ")
            let more = workload.failed.count > 10 ? " and \(workload.failed.count - 10) more" : ""
            return "\(workload.name) failed in \(first)\(more): \(workload.reason ?? "")"
        }
        let same = verdict.repetitions - Set(verdict.mismatches.map(\.run)).count
        let checked =
            verdict.repetitions > 0
            ? ["\(same) of \(verdict.repetitions) repetitions are the same as the first run of their seed"] : []
        return (failed + checked).flatMap { Layout.wrap($0, width: width, indent: 4) }
    }

    private var answer: [String] {
        let failed = verdict.workloads.lazy.compactMap { $0.failed.first ?? $0.knownFailed.first }.first
        // A path is never cut: it is there to be copied.
        return verdict.conclusion.lines(width: width, style: style)
            + (failed.map { ["Next: drydock replay \(folder)/\($0)"] } ?? [])
    }
}
