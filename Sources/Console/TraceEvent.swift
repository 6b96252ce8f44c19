/// A line of the probe's trace (images/probe/trace.c): nanoseconds of guest time, CPU, session, the event, and the
/// first and last address.
package struct TraceEvent: Sendable, Equatable {
    package let nanoseconds: UInt64
    /// CPU, session, the event, and the addresses; fewer if the guest's end cut the line.
    private let fields: [Substring]

    /// Nil for a comment, and for a line that was cut within its time.
    package init?(_ line: some StringProtocol) {
        let fields = Substring(line).split(separator: " ")
        guard fields.count > 1, let nanoseconds = UInt64(fields[0]) else { return nil }
        self.nanoseconds = nanoseconds
        self.fields = Array(fields.dropFirst())
    }

    /// Whether all locks are about to be taken, because a task asked for it or to register a notifier.
    package var takesAllLocks: Bool { name == "take" || name == "register" }

    /// CPU, session and event; before a take also how far the other CPUs are, but no other address, because the seed
    /// may simply choose that.
    package var order: String { fields.prefix(name == "take" ? 4 : 3).joined(separator: " ") }

    private var name: Substring? { fields.count > 2 ? fields[2] : nil }
}
