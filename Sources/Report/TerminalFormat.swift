import FoundationEssentials
import Judgement

/// For a person at a terminal: the sections, then the answer and what to do next.
package enum TerminalFormat: ReportFormat {
    package static let name = "terminal"

    private static let fewestColumns = 60
    private static let indent = 4

    package static func text(of test: JudgedTest, on page: Page) throws -> String {
        text(try test.report(), on: page) + "run: \(test.place.path)\n"
    }

    package static func text(_ report: TestReport, on page: Page = Page()) -> String {
        let width = min(max(page.columns ?? report.mostColumns, fewestColumns), report.mostColumns)
        let sections = report.sections.map { section in
            switch section {
            case .table(let table): TableLayout(table, width: width, style: page.style).lines
            case .text(let paragraphs): paragraphs.flatMap { lines(of: $0, width, page.style) }
            }
        }
        let answer = report.summary + conclusion(of: report, width, page.style) + report.next.map { "Next: \($0)" }
        return (sections + [answer]).map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private static func lines(of paragraph: TestReport.Paragraph, _ width: Int, _ style: Style) -> [String] {
        let lines =
            switch paragraph.form {
            case .prose: Layout.wrap(paragraph.text, width: width, indent: indent)
            case .verbatim: [Layout.cut(paragraph.text, to: width)]
            case .quoted: ["  | " + Layout.cut(paragraph.text, to: width - indent)]
            }
        return paragraph.tone.map { tone in lines.map { style.set($0, tone) } } ?? lines
    }

    /// `PASSED: ...` in as many lines as needed.
    private static func conclusion(of report: TestReport, _ width: Int, _ style: Style) -> [String] {
        let (word, tone): (String, TestReport.Tone) =
            switch report.conclusion.answer {
            case .passed: ("PASSED", .good)
            case .failed: ("FAILED", .bad)
            case .couldNotJudge: ("COULD NOT JUDGE", .doubtful)
            }
        let names = report.names.isEmpty ? "" : " in \(report.names.joined(separator: ", "))"
        var lines = Layout.wrap("\(word)\(names): \(report.conclusion.reason)", width: width, indent: indent)
        lines[0] = style.set(word, tone) + lines[0].dropFirst(word.count)
        return lines
    }
}

/// Text fitted into a number of columns.
enum Layout {
    static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(width - 3, 0)) + "..."
    }

    /// Wraps at spaces; the lines after the first are indented by `indent`.
    static func wrap(_ text: String, width: Int, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        return (lines + [line]).map { cut($0, to: width) }
    }
}

/// How words are highlighted in a report.
package enum Style: Sendable {
    case plain
    /// Colours by escape sequences, for a terminal.
    case ansi

    func set(_ text: String, _ tone: TestReport.Tone) -> String {
        switch self {
        case .plain: text
        case .ansi: "\u{1B}[\(Self.code(tone))m\(text)\u{1B}[0m"
        }
    }

    private static func code(_ tone: TestReport.Tone) -> String {
        switch tone {
        case .good: "32"
        case .bad: "1;31"
        case .doubtful: "33"
        case .quiet: "2"
        case .strong: "1"
        }
    }
}
