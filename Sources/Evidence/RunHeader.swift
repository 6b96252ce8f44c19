import Foundation

/// What a whole run was: the head of its run directory, `run.json`.
package struct RunHeader: Codable, Sendable, Equatable {
    /// The version of the run directory's layout; readers refuse one they do not know.
    ///
    /// 2 is 1 with the subject `as-is`. A run without it says 1, so that a drydock of that time still reads it.
    package static let currentSchema = 2

    package let schema: Int
    /// The run directory's own name.
    package let identifier: String
    package let target: String
    package let started: Date
    /// In the order they were booted.
    package let subjects: [Subject]
    /// Versions of what took part, by name: `drydock`, `qemu`, `libvirt`, `libguestfs`, `compiler`, `host`.
    package let environment: [String: String]

    package init(
        identifier: String, target: String, started: Date, subjects: [Subject], environment: [String: String]
    ) {
        schema = subjects.contains(.asIs) ? Self.currentSchema : 1
        self.identifier = identifier
        self.target = target
        self.started = started
        self.subjects = subjects
        self.environment = environment
    }
}
