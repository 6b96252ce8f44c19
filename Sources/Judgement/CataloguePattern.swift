import Evidence

/// One wording by which some kernel reports a kind of trouble.
package struct CataloguePattern: Sendable {
    package let kind: FindingKind
    /// What the kernel's message begins with; nil where it may stand anywhere in the line.
    package let start: String?
    /// All of these stand in the line.
    package let parts: [String]
    /// A line as such a kernel prints it.
    package let example: String
    /// The line goes on with an oops or BUG report that another line opened.
    package let continues: Bool
    /// The report is this one line.
    package let isOneLine: Bool
    /// The kernel says this first and then reports a warning or a BUG for it: both are one finding.
    package let isPrologue: Bool

    /// A message that begins with `start` and holds `parts`.
    static func starts(
        _ kind: FindingKind, _ start: String, _ parts: String..., example: String, continues: Bool = false,
        oneLine: Bool = false, prologue: Bool = false
    ) -> CataloguePattern {
        CataloguePattern(
            kind: kind, start: start, parts: parts, example: example, continues: continues, isOneLine: oneLine,
            isPrologue: prologue)
    }

    /// A line that holds all `parts`, wherever they stand.
    static func holds(
        _ kind: FindingKind, _ parts: String..., example: String, oneLine: Bool = false, prologue: Bool = false
    ) -> CataloguePattern {
        CataloguePattern(
            kind: kind, start: nil, parts: parts, example: example, continues: false, isOneLine: oneLine,
            isPrologue: prologue)
    }

    /// The part of the line that is the report, without what was printed before it; nil where it does not match.
    func match(_ line: ConsoleLine) -> String? {
        if let start {
            return line.messages.first { $0.hasPrefix(start) && parts.allSatisfy($0.holds) }.map(String.init)
        }
        guard parts.allSatisfy(line.text.holds) else { return nil }
        return line.messages.last { message in parts.allSatisfy(message.holds) }.map(String.init) ?? line.text
    }
}
