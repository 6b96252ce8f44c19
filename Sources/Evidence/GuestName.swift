/// One guest of a run: the kernel that it boots, and whether one workload has it to itself.
package struct GuestName: Codable, Sendable, Hashable, CustomStringConvertible {
    package let subject: Subject
    /// The workload that has the guest to itself because it makes the guest crash or hang; nil for the guest of all
    /// others.
    package let alone: String?
    /// Set for a guest that runs unfinished workloads again: its number among those of its subject, from 1; nil for
    /// planned guests.
    package let again: Int?

    package init(_ subject: Subject, alone: String? = nil, again: Int? = nil) {
        self.subject = subject
        self.alone = alone
        self.again = again
    }

    package static let base = GuestName(.base)
    package static let patched = GuestName(.patched)
    package static let asIs = GuestName(.asIs)

    /// For people: `patched`, or `patched lone-take`.
    package var description: String {
        [subject.rawValue, again.map { "again-\($0)" }, alone].compactMap(\.self).joined(separator: " ")
    }

    /// Its directory in the run directory.
    package var path: String {
        if let again { return "\(subject)/again/\(again)" }
        return alone.map { "\(subject)/alone/\($0)" } ?? "\(subject)"
    }
}

/// The kernel to which a build, a boot or a result belongs.
package enum Subject: String, Codable, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// The source as it is, with the patches that the compiler needs.
    case base
    /// The same with the whole series applied.
    case patched
    /// The source as it is, with the patches that the compiler needs, if it already has what the series brings; there
    /// is no base then.
    case asIs = "as-is"
    /// The patched kernel with a single change that breaks it on purpose.
    case mutant

    /// The name in the run directory.
    package var description: String { rawValue }
}
