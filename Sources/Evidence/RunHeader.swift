import Foundation

/// What a whole run was: the head of its run directory, `run.json`.
package struct RunHeader: Codable, Sendable, Equatable {
    /// The version of the run directory's layout; readers refuse one they do not know.
    ///
    /// 2 is 1 with the subject `as-is`, 3 is 2 with guests of one workload each, 4 is 3 with the subject `mutant`, 5 is 4
    /// with deterministic guests, 6 is 5 with guests that do what others left open. A run without these says 1, so that a
    /// drydock of that time still reads it.
    package static let currentSchema = 6
    private static let deterministicSchema = 5

    package let schema: Int
    /// The run directory's own name.
    package let identifier: String
    package let target: String
    package let started: Date
    /// Those with a guest of several workloads, in the order they were booted.
    package let subjects: [Subject]
    /// The guests of one workload each, in the order they were booted; nil where there are none.
    package let alone: [GuestName]?
    /// The guests that did what others left open, in the order they were booted; nil where there are none.
    package let again: [GuestName]?
    /// Versions of what took part, by name: `drydock`, `qemu`, `libvirt`, `libguestfs`, `compiler`, `host`.
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
            : guests.contains { $0.subject == .mutant } ? 4 : !lone.isEmpty ? 3 : subjects.contains(.asIs) ? 2 : 1
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

    /// Every guest of the run: those of the subjects first, those that did what others left open last.
    package var guests: [GuestName] { subjects.map { GuestName($0) } + (alone ?? []) + (again ?? []) }
}
