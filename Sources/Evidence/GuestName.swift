/// One guest among those of a run: the kernel it boots, and whether one workload has it to itself.
package struct GuestName: Codable, Sendable, Hashable, CustomStringConvertible {
    package let subject: Subject
    /// The workload that takes its machine down by design, and so shares it with no other; nil for the guest of all others.
    package let alone: String?

    package init(_ subject: Subject, alone: String? = nil) {
        self.subject = subject
        self.alone = alone
    }

    package static let base = GuestName(.base)
    package static let patched = GuestName(.patched)
    package static let asIs = GuestName(.asIs)

    /// For people: `patched`, or `patched lone-take`.
    package var description: String { alone.map { "\(subject) \($0)" } ?? "\(subject)" }

    /// Its folder in the run directory.
    package var path: String { alone.map { "\(subject)/alone/\($0)" } ?? "\(subject)" }
}
