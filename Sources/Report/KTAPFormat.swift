import Judgement

/// KTAP version 1: one line for each case.
package enum KTAPFormat: ReportFormat {
    package static let name = "ktap"

    package static func text(of test: JudgedTest, on page: Page) throws -> String { text(try test.report()) }

    package static func text(_ report: TestReport) -> String {
        let reason = report.conclusion.reason
        if report.cases.isEmpty, report.conclusion.answer == .couldNotJudge {
            return "KTAP version 1\nBail out! \(reason)\n"
        }
        var lines = ["KTAP version 1", "1..\(report.cases.count)"]
        for (index, test) in report.cases.enumerated() {
            lines += test.details.map { "# \(test.name): \($0)" }
            let line = "\(index + 1) \(test.name)"
            switch test.result {
            case .passed: lines.append("ok \(line)")
            case .skipped(let reason): lines.append("ok \(line) # SKIP \(reason)")
            case .knownFailure(let reason): lines.append("not ok \(line) # TODO known: \(reason)")
            case .failed, .inconclusive: lines.append("not ok \(line)")
            }
        }
        switch report.conclusion.answer {
        case .passed: lines.append("# passed: \(reason)")
        case .failed: lines.append("# failed: \(reason)")
        case .couldNotJudge: lines.append("Bail out! \(reason)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
