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
        [subject.description, again.map { "again-\($0)" }, alone].compactMap(\.self).joined(separator: " ")
    }

    /// Its directory in the run directory.
    package var path: String {
        if let again { return "\(subject)/again/\(again)" }
        return alone.map { "\(subject)/alone/\($0)" } ?? "\(subject)"
    }
}

/// The kernel to which a build, a boot or a result belongs.
package enum Subject: Sendable, CustomStringConvertible {
    /// The source as it is, with the patches that the compiler needs.
    case base
    /// The same with the whole series applied.
    case patched
    /// The source as it is, with the patches that the compiler needs, if it already has what the series brings; there
    /// is no base then.
    case asIs
    /// The patched kernel with a single change that breaks it on purpose.
    /// - Parameter name: the mutant's; nil if it was read from a run, which is in a directory of that name.
    case mutant(name: String?)

    /// In the run directory and in its files.
    package var description: String {
        switch self {
        case .base: "base"
        case .patched: "patched"
        case .asIs: "as-is"
        case .mutant: "mutant"
        }
    }

    package var isMutant: Bool {
        if case .mutant = self { true } else { false }
    }

    /// The mutant's name, if it is known.
    package var mutant: String? {
        if case .mutant(let name) = self { name } else { nil }
    }
}

/// Subjects are the same if a run directory names them so; a run has no more than one mutant.
extension Subject: Hashable {
    package static func == (left: Subject, right: Subject) -> Bool { left.description == right.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Subject: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let word = try container.decode(String.self)
        let subjects = [Subject.base, .patched, .asIs, .mutant(name: nil)]
        guard let subject = subjects.first(where: { $0.description == word }) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: word)
        }
        self = subject
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
