import Evidence

/// One wording by which some kernel reports a kind of trouble.
package struct ReportPattern: Sendable {
    /// What to expect of a guest after such a report.
    package enum Outlook: Sendable {
        /// It may go on as if nothing had happened.
        case goesOn
        /// It may never get on; it has if init prints another marker.
        case mayBeStuck
        /// Nothing follows but the rest of the report.
        case isOver
    }

    /// A place in a report that names the function it is about.
    package enum FunctionPlace: Sendable {
        case firstLine
        case instructionPointer
    }

    package let kind: FindingKind
    /// What the kernel's message begins with; nil if it may be anywhere in the line.
    let start: String?
    /// All of these are in the line.
    let parts: [String]
    /// A line as such a kernel prints it.
    package let example: String
    package let outlook: Outlook
    /// The places to look for the function, in order.
    let functionPlaces: [FunctionPlace] = [.firstLine, .instructionPointer]
    /// The line goes on with an oops or BUG report that another line opened.
    package let continues: Bool
    /// The report is this one line.
    let isOneLine: Bool
    /// The kernel says this first and then reports a warning or a BUG for it: both are one finding.
    let isPrologue: Bool

    /// What the pattern looks for first; see `ReportCatalogue`.
    package var stem: String { start ?? parts[0] }

    /// A message that begins with `start` and holds `parts`.
    static func starts(
        _ kind: FindingKind, _ start: String, _ parts: String..., example: String, outlook: Outlook? = nil,
        continues: Bool = false, oneLine: Bool = false, prologue: Bool = false
    ) -> ReportPattern {
        ReportPattern(
            kind: kind, start: start, parts: parts, example: example, outlook: outlook ?? .usual(of: kind),
            continues: continues, isOneLine: oneLine, isPrologue: prologue)
    }

    /// A line that holds all `parts`, anywhere.
    static func holds(
        _ kind: FindingKind, _ parts: String..., example: String, outlook: Outlook? = nil, oneLine: Bool = false,
        prologue: Bool = false
    ) -> ReportPattern {
        ReportPattern(
            kind: kind, start: nil, parts: parts, example: example, outlook: outlook ?? .usual(of: kind),
            continues: false, isOneLine: oneLine, isPrologue: prologue)
    }

    /// The part of the line that is the report, without what was printed before it; nil if it does not match.
    func match(_ line: ConsoleLine) -> String? {
        if let start {
            return line.messages.first { $0.hasPrefix(start) && parts.allSatisfy($0.holds) }.map(String.init)
        }
        guard parts.allSatisfy(line.text.holds) else { return nil }
        return line.messages.last { message in parts.allSatisfy(message.holds) }.map(String.init) ?? line.text
    }
}

extension ReportPattern.Outlook {
    /// After a panic nothing comes; what hangs may hang for ever; an oops kills a task, and the others go on.
    fileprivate static func usual(of kind: FindingKind) -> Self {
        switch kind.weight {
        case .hang: .mayBeStuck
        case .crash: kind == .panic ? .isOver : .goesOn
        case .complaint: .goesOn
        }
    }
}
