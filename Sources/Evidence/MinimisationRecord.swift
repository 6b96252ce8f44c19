import Foundation

/// How a failure was made smaller: `minimisation.json`, beside the run directory of each attempt.
package struct MinimisationRecord: TestRecord, Equatable {
    package static let file = "minimisation.json"
    package static let suffix = "minimised"
    package static let currentSchema = 1

    /// How much of a guest's work is done.
    package struct Part: Codable, Sendable, Equatable {
        /// Whether the workload that failed runs without the others.
        package var isAlone: Bool
        /// Thousandths of the number of steps that the workload states.
        package var steps: Int
        /// Thousandths of its VMAs, pages or files.
        package var areas: Int

        package init(isAlone: Bool, steps: Int = 1000, areas: Int = 1000) {
            self.isAlone = isAlone
            self.steps = steps
            self.areas = areas
        }
    }

    package struct Attempt: Codable, Sendable, Equatable {
        package let part: Part
        /// Whether the same workload failed in the same way.
        package let fails: Bool
        /// The directory of its run, relative to this one.
        package let run: String

        package init(part: Part, fails: Bool, run: String) {
            self.part = part
            self.fails = fails
            self.run = run
        }
    }

    package let schema: Int
    package let target: String
    package let started: Date
    /// The path of the run that failed, and the guest and the workload in it.
    package let original: String
    package let guest: GuestName
    package let workload: String
    package var attempts: [Attempt]

    package init(target: String, started: Date, original: String, guest: GuestName, workload: String) {
        schema = Self.currentSchema
        self.target = target
        self.started = started
        self.original = original
        self.guest = guest
        self.workload = workload
        attempts = []
    }

    /// The last attempt that failed, which is the smallest that does; nil if only the original fails.
    package var smallest: Attempt? { attempts.last(where: \.fails) }
}
