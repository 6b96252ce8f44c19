import Evidence

/// One text with which some kernel reports one kind of trouble.
package final class ReportPattern: Sendable {
    /// What to expect of a guest after such a report.
    package enum Outlook: Sendable {
        /// It may go on as if nothing had happened.
        case goesOn
        /// It may be stuck; it is not if init prints another marker.
        case mayBeStuck
        /// Only the rest of the report follows.
        case isOver
    }

    /// A place in a report that names the function in question.
    package enum FunctionPlace: Sendable {
        case firstLine
        /// `caller is name`.
        case caller
        /// The place at which the lock in question is or was taken.
        case lock
        case instructionPointer
        /// The calls, the innermost first.
        case trace
        /// The calls that a timer interrupt found.
        case interrupted
        /// Who did the work in which the stack was broken, from the calls.
        case anchor
        /// The calls, without those that only wait.
        case waiting
        /// `last function: name`.
        case lastFunction
    }

    package let kind: FindingKind
    /// The start of the kernel's message; nil if the text may be anywhere in the line.
    let start: String?
    /// All of these must be in the line.
    let parts: [String]
    /// Finds the report in a line with all `parts`; nil if these are enough.
    let find: (@Sendable (Substring) -> Substring?)?
    /// A line as such a kernel prints it.
    package let example: String
    package let outlook: Outlook
    /// The places in which to look for the function, in order.
    let functionPlaces: [FunctionPlace]
    /// Whether the line continues an oops or BUG report that an earlier line began.
    package let continues: Bool
    /// Whether the report is only this line.
    let isOneLine: Bool
    /// Whether the kernel prints this first and then a warning or a BUG for it: both are one finding.
    let isPrologue: Bool

    /// The text that the pattern looks for first; see `ReportCatalogue`.
    package var stem: String { start ?? parts[0] }

    /// What it looks for, in one line: `INFO: task ... blocked for more than`.
    package var words: String {
        ([start].compactMap(\.self) + parts).map(\.trimmed).joined(separator: " ... ")
    }

    /// A message that begins with `start` and contains `parts`.
    static func starts(
        _ kind: FindingKind, _ start: String, _ parts: String..., example: String, outlook: Outlook? = nil,
        places: [FunctionPlace]? = nil, continues: Bool = false, oneLine: Bool = false, prologue: Bool = false
    ) -> ReportPattern {
        ReportPattern(
            kind, start: start, parts: parts, example: example, outlook: outlook, places: places,
            continues: continues, oneLine: oneLine, prologue: prologue)
    }

    /// A line that contains `stem`, and in which `find` finds a report.
    static func finds(
        _ kind: FindingKind, _ stem: String, example: String, continues: Bool = false,
        _ find: @escaping @Sendable (Substring) -> Substring?
    ) -> ReportPattern {
        ReportPattern(
            kind, start: nil, parts: [stem], find: find, example: example, outlook: nil, places: nil,
            continues: continues, oneLine: false, prologue: false)
    }

    /// A line that contains all `parts`, anywhere.
    static func holds(
        _ kind: FindingKind, _ parts: String..., example: String, outlook: Outlook? = nil,
        places: [FunctionPlace]? = nil,
        continues: Bool = false, oneLine: Bool = false, prologue: Bool = false
    ) -> ReportPattern {
        ReportPattern(
            kind, start: nil, parts: parts, example: example, outlook: outlook, places: places,
            continues: continues, oneLine: oneLine, prologue: prologue)
    }

    private init(
        _ kind: FindingKind, start: String?, parts: [String], find: (@Sendable (Substring) -> Substring?)? = nil,
        example: String, outlook: Outlook?, places: [FunctionPlace]?, continues: Bool, oneLine: Bool, prologue: Bool
    ) {
        self.kind = kind
        self.start = start
        self.parts = parts
        self.find = find
        self.example = example
        self.outlook = outlook ?? .usual(of: kind)
        functionPlaces = places ?? .usual(for: kind)
        self.continues = continues
        isOneLine = oneLine
        isPrologue = prologue
    }

    /// The part of the line that is the report, without what was printed before it; nil if it does not match.
    /// - Parameter starts: of the line's messages.
    func match(_ line: ConsoleLine, _ starts: [Int]) -> Substring? {
        let text = line.text
        if let start {
            return starts.lazy.map(text.utf8Suffix).first { $0.begins(with: start) && parts.allSatisfy($0.holds) }
        }
        guard let last = Self.leastLastOffset(of: parts, in: text) else { return nil }
        if let find { return find(text) }
        return starts.last { $0 <= last }.map(text.utf8Suffix) ?? text
    }

    /// Up to where a message may begin that still has all `parts`; nil if the text lacks one.
    private static func leastLastOffset(of parts: [String], in text: Substring) -> Int? {
        var least = Int.max
        for part in parts {
            guard let last = text.lastByteOffset(of: part) else { return nil }
            least = min(least, last)
        }
        return least
    }
}

extension ReportPattern.Outlook {
    /// Nothing comes after a panic; a hang may last for ever; an oops kills a task, and the others go on.
    fileprivate static func usual(of kind: FindingKind) -> Self {
        switch kind.weight {
        case .hang: .mayBeStuck
        case .crash: kind == .panic ? .isOver : .goesOn
        case .complaint: .goesOn
        }
    }
}

extension [ReportPattern.FunctionPlace] {
    fileprivate static func usual(for kind: FindingKind) -> Self {
        switch kind {
        case .lockdep: [.lock, .trace]
        case .softLockup, .hardLockup, .rcuStall: [.interrupted, .instructionPointer, .trace]
        case .hungTask: [.waiting, .trace]
        case .workqueueLockup, .sleepingInAtomic, .schedulingWhileAtomic, .lockMisuse, .spinlockLockup,
            .memoryLeak, .fileSystemError:
            [.trace]
        case .panic: [.firstLine, .instructionPointer, .trace]
        case .addressSanitizer, .undefinedBehaviour: [.firstLine, .trace]
        case .oops, .bug, .warning, .listCorruption, .memoryCorruption:
            [.caller, .lastFunction, .firstLine, .instructionPointer, .trace]
        case .outOfMemoryKill, .leak: []
        }
    }
}
