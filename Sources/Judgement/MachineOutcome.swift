import Console
import Evidence

/// What happened to the guest as a whole.
package struct MachineOutcome: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case fine
        /// It came to the end of the plan, but the kernel had complained.
        case warned
        /// It came to the end of the plan although the kernel had died or was stuck somewhere.
        case survived
        /// The only workload of its plan ended it, as expected.
        case asExpected = "as-expected"
        case panicked
        /// It ended before the plan did, and the kernel's reports or its silence show that the kernel is to blame.
        case died
        case hung
        case neverReachedInit = "never-reached-init"
        /// Init could not do its own work.
        case initFailed = "init-failed"
        /// QEMU or libvirt lost it.
        case lost
        case resultsUnreadable = "results-unreadable"
        /// It ended, but what it left is incomplete: `drydock: done` or a file is missing.
        case incomplete
        /// The host kept its CPUs from it, and it did not come to the end of the plan in time.
        case starved
        /// Init stopped it before its end because a process of a workload could not be killed.
        case stopped
        /// It came to the end of the plan, but something in the kernel, with no process left, kept its results disk from
        /// being unmounted.
        case heldDisk = "held-disk"

        /// Whether the guest itself was seen to do wrong.
        package var isFailure: Bool {
            switch self {
            case .survived, .panicked, .died, .hung, .stopped, .heldDisk: true
            case .fine, .warned, .asExpected, .neverReachedInit, .initFailed, .lost, .resultsUnreadable, .incomplete,
                .starved:
                false
            }
        }

        /// Whether nothing can be concluded from what is missing.
        package var isUnknown: Bool {
            switch self {
            case .neverReachedInit, .initFailed, .lost, .resultsUnreadable, .incomplete, .starved: true
            case .fine, .warned, .asExpected, .survived, .panicked, .died, .hung, .stopped, .heldDisk: false
            }
        }

        /// Whether it came to the end of its plan, and what it left could be read.
        package var isComplete: Bool {
            switch self {
            case .fine, .warned, .asExpected, .survived, .heldDisk: true
            case .panicked, .died, .hung, .neverReachedInit, .initFailed, .lost, .resultsUnreadable, .incomplete,
                .starved,
                .stopped:
                false
            }
        }
    }

    package let state: State
    /// What happened, in words that follow "the machine"; empty if the guest is fine.
    package let reason: String
    /// The finding on the console that decided it.
    package let finding: FindingHeadline?

    package init(_ state: State, _ reason: String = "", finding: FindingHeadline? = nil) {
        self.state = state
        self.reason = reason
        self.finding = finding
    }
}

/// What one boot shows.
package struct GuestVerdict: Codable, Sendable, Equatable {
    package let subject: Subject
    /// The workload that had the guest to itself; nil for the guest of all others.
    package let alone: String?
    /// Set for a guest that ran unfinished workloads again; see `GuestName`.
    package let again: Int?
    /// Set for such a guest if nothing in it depended on the host: it has no disk, and its figures are not comparable.
    package let isDeterministic: Bool?
    package let machine: MachineOutcome
    /// In the order of the plan.
    package let workloads: [WorkloadVerdict]
    /// The kernel's reports while no workload ran.
    package let findings: [ConsoleFinding]
    /// What all workloads together left behind in the kernel; nil if that is nothing.
    package let leaks: [Leak]?
    /// What a reader should know but what decided nothing.
    package let notes: [String]

    /// What the kernel held before the first workload and after the last; nil if init did not count, and not in the
    /// JSON.
    private(set) var leavings: Leavings?

    private enum CodingKeys: String, CodingKey {
        case subject, alone, again, isDeterministic, machine, workloads, findings, leaks, notes
    }

    package init(
        plan: BootPlan, machine: MachineOutcome, workloads: [WorkloadVerdict], findings: [ConsoleFinding] = [],
        leavings: Leavings? = nil, notes: [String] = []
    ) {
        subject = plan.subject
        alone = plan.alone
        again = plan.again
        isDeterministic = plan.again == nil ? nil : plan.isDeterministic
        self.machine = machine
        self.workloads = workloads
        self.findings = findings
        self.leavings = leavings
        leaks = leavings.flatMap { $0.leaks.isEmpty ? nil : $0.leaks }
        self.notes = notes
    }

    package var guest: GuestName { GuestName(subject, alone: alone, again: again) }
}
