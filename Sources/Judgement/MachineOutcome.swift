import Console

/// What became of the machine as a whole.
package struct MachineOutcome: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case fine
        /// It came to the end of the plan, and the kernel had complained.
        case warned
        /// It came to the end of the plan although the kernel had died or stuck somewhere.
        case survived
        /// It ended as the only workload of its plan was to make it end.
        case asExpected = "as-expected"
        case panicked
        /// It ended before the plan did, and the kernel's own words or its silence say that it was the kernel.
        case died
        case hung
        case neverReachedInit = "never-reached-init"
        /// Init could not do its own work.
        case initFailed = "init-failed"
        /// QEMU or libvirt lost it.
        case lost
        case resultsUnreadable = "results-unreadable"
        /// It left, and what it left is not the whole: it never said that it was done, or not all was written.
        case incomplete
        /// The host kept its processors from it, and it did not come to the end of the plan in time.
        case starved
        /// Init stopped it before its end, for a process of a workload could not be killed.
        case stopped

        /// The guest itself was seen to do wrong.
        package var isFailure: Bool {
            switch self {
            case .survived, .panicked, .died, .hung, .stopped: true
            case .fine, .warned, .asExpected, .neverReachedInit, .initFailed, .lost, .resultsUnreadable, .incomplete,
                .starved:
                false
            }
        }

        /// Nothing can be concluded from what is missing.
        package var isUnknown: Bool {
            switch self {
            case .neverReachedInit, .initFailed, .lost, .resultsUnreadable, .incomplete, .starved: true
            case .fine, .warned, .asExpected, .survived, .panicked, .died, .hung, .stopped: false
            }
        }

        /// It came to the end of its plan, and what it left could be read.
        package var isComplete: Bool {
            switch self {
            case .fine, .warned, .asExpected, .survived: true
            case .panicked, .died, .hung, .neverReachedInit, .initFailed, .lost, .resultsUnreadable, .incomplete,
                .starved,
                .stopped:
                false
            }
        }
    }

    package let state: State
    /// What happened, in words that follow "the machine"; empty where it is fine.
    package let reason: String
    /// What on the console decided it.
    package let finding: FindingHeadline?

    package init(_ state: State, _ reason: String = "", finding: FindingHeadline? = nil) {
        self.state = state
        self.reason = reason
        self.finding = finding
    }
}
