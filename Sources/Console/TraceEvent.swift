/// A line of the probe's trace: nanoseconds of guest time, CPU, session, what happened, from and to which address.
/// images/probe/trace.c writes them.
package struct TraceEvent: Sendable, Equatable {
    package let nanoseconds: UInt64
    /// CPU, session, what happened, and the addresses; fewer if the guest's end cut the line.
    private let fields: [Substring]

    /// Nil for a comment, and for a line that the guest's end cut in its time.
    package init?(_ line: some StringProtocol) {
        let fields = Substring(line).split(separator: " ")
        guard fields.count > 1, let nanoseconds = UInt64(fields[0]) else { return nil }
        self.nanoseconds = nanoseconds
        self.fields = Array(fields.dropFirst())
    }

    /// All locks were about to be taken: because a task asked for that, or to register a notifier.
    package var takesAllLocks: Bool { name == "take" || name == "register" }

    /// Which CPU did what in which session. How far the others were is known only if it is about to take all locks; other
    /// addresses are the seed's free choice.
    package var order: String { fields.prefix(name == "take" ? 4 : 3).joined(separator: " ") }

    private var name: Substring? { fields.count > 2 ? fields[2] : nil }
}
