import Foundation

/// The description of a whole run, at the top of its directory: `run.json`.
package struct RunHeader: Codable, Sendable, Equatable {
    /// The version of the run directory's layout; readers refuse one that they do not know.
    ///
    /// Each version includes the one before it, and a run has the lowest that covers it, so that an old drydock can
    /// still read it. New are:
    /// - in 2, the subject `as-is`;
    /// - in 3, guests of one workload each;
    /// - in 4, the subject `mutant`;
    /// - in 5, deterministic guests;
    /// - in 6, guests that ran unfinished workloads again.
    package static let currentSchema = 6
    private static let deterministicSchema = 5

    package let schema: Int
    /// The run directory's own name.
    package let identifier: String
    package let target: String
    package let started: Date
    /// Those with a guest of several workloads, in the order in which they were booted.
    package let subjects: [Subject]
    /// The guests of one workload each, in the order in which they were booted; nil if there are none.
    package let alone: [GuestName]?
    /// The guests that ran unfinished workloads again, in the order in which they were booted; nil if there are none.
    package let again: [GuestName]?
    /// Versions of the programs involved, by name: `drydock`, `qemu`, `libvirt`, `libguestfs`, `compiler`, `host`.
    package let environment: [String: String]

    package init(
        identifier: String, target: String, started: Date, guests: [GuestName], isDeterministic: Bool,
        environment: [String: String]
    ) {
        let lone = guests.filter { $0.alone != nil }
        subjects = guests.filter { $0.alone == nil }.map(\.subject)
        alone = lone.isEmpty ? nil : lone
        schema =
            isDeterministic
            ? Self.deterministicSchema
            : guests.contains { $0.subject.isMutant } ? 4 : !lone.isEmpty ? 3 : subjects.contains(.asIs) ? 2 : 1
        self.identifier = identifier
        self.target = target
        self.started = started
        self.environment = environment
        again = nil
    }

    private init(_ header: RunHeader, again: [GuestName]) {
        schema = Self.currentSchema
        identifier = header.identifier
        target = header.target
        started = header.started
        subjects = header.subjects
        alone = header.alone
        self.again = again
        environment = header.environment
    }

    func adding(_ guests: [GuestName]) -> RunHeader { RunHeader(self, again: (again ?? []) + guests) }

    /// Every guest of the run: those of the subjects first, those that ran unfinished workloads again last.
    package var guests: [GuestName] { subjects.map { GuestName($0) } + (alone ?? []) + (again ?? []) }
}
