import Judgement

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
