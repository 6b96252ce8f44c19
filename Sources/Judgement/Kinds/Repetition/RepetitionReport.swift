import Foundation

extension RepetitionVerdict: TestVerdict {
    package func report(of place: URL) -> TestReport {
        let failed = workloads.lazy.compactMap(\.failed.first).first
        return TestReport(
            sections: [.table(table), .text(workloads.compactMap { $0.remark() })], conclusion: conclusion,
            next: failed.map { ["drydock report \(place.path)/\($0)"] } ?? [], cases: workloads.map(\.asCase))
    }

    /// How often each workload failed.
    private var table: TestReport.Table {
        let rows = workloads.map { Self.row($0.name, $0.failure, skipped: $0.skipped, unknown: $0.unknown) }
        let all = rows.isEmpty ? [] : [Self.row("whole runs", failure, skipped: nil, unknown: nil)]
        return TestReport.Table(
            headings: ["workload", "runs", "failed", "rate", "95 % interval", "skipped", "unknown"], rows: rows + all)
    }

    private static func row(
        _ name: String, _ failure: FailureRate, skipped: Int?, unknown: Int?
    ) -> [TestReport.Cell] {
        func count(_ number: Int?, _ tone: TestReport.Tone) -> TestReport.Cell {
            number.map { .count($0, tone) } ?? .init("", tone: .quiet, isNumber: true)
        }
        return [
            .init(name), .init("\(failure.runs)", isNumber: true), .count(failure.failures, .bad),
            .init(failure.rate.map(NumberText.percent) ?? "-", isNumber: true),
            .init(
                failure.interval.map { "\(NumberText.percent($0[0])) to \(NumberText.percent($0[1]))" } ?? "-",
                isNumber: true),
            count(skipped, .quiet), count(unknown, .doubtful),
        ]
    }
}

extension RepetitionVerdict.Workload {
    /// The runs in which it failed, and why; nil if it failed in none.
    /// - Parameter most: the most runs that are named.
    func remark(naming most: Int = .max) -> TestReport.Paragraph? {
        guard !failed.isEmpty else { return nil }
        let more = failed.count > most ? " and \(failed.count - most) more" : ""
        return .init("\(name) failed in \(failed.prefix(most).joined(separator: ", "))\(more): \(reason ?? "")")
    }

    var asCase: TestReport.Case {
        let result: TestReport.Case.Result =
            if !failed.isEmpty {
                .failed
            } else if unknown > 0 {
                .inconclusive
            } else if failure.runs == 0, skipped > 0 {
                .skipped(reason: "in all \(skipped) runs")
            } else if !knownFailed.isEmpty {
                .knownFailure(reason: "in \(knownFailed.count) of \(failure.runs) runs")
            } else {
                .passed
            }
        let unproven = unknown > 0 ? ["unproven in \(unknown) runs"] : []
        return TestReport.Case(
            name: name, result: result,
            details: (failed.isEmpty ? [] : ["failed in \(failed.joined(separator: ", ")): \(reason ?? "")"]) + unproven
        )
    }
}
