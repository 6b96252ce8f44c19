import Foundation

extension SeedVerdict: TestVerdict {
    package func report(of place: URL) -> TestReport {
        let failed = workloads.lazy.compactMap { $0.failed.first ?? $0.knownFailed.first }.first
        return TestReport(
            sections: [.table(table), .text(remarks)], conclusion: conclusion,
            next: failed.map { ["drydock replay \(place.path)/\($0)"] } ?? [], cases: workloads.map(\.asCase))
    }

    /// The seeds that fail, and how much they differ.
    private var table: TestReport.Table {
        let rows = workloads.map { workload in
            let variety = varieties.first { $0.workload == workload.name }
            return [
                TestReport.Cell(workload.name), TestReport.Cell("\(workload.failure.runs)", isNumber: true),
                TestReport.Cell.count(workload.failure.failures, .bad),
                TestReport.Cell("\(workload.knownFailed.count)", tone: .quiet, isNumber: true),
                TestReport.Cell.count(workload.unknown, .doubtful),
                TestReport.Cell(variety.map { "\($0.distinct) of \($0.seeds)" } ?? "-", isNumber: true),
            ]
        }
        return TestReport.Table(
            headings: ["workload", "seeds", "failed", "known failure", "unknown", "distinct orders"], rows: rows)
    }

    private var remarks: [TestReport.Paragraph] {
        let same = repetitions - Set(mismatches.map(\.run)).count
        let checked =
            repetitions > 0 ? ["\(same) of \(repetitions) repetitions are the same as the first run of their seed"] : []
        return workloads.compactMap { $0.remark(naming: 10) } + checked.map { .init($0) }
    }
}
