import Evidence

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
    /// What a reader should know but what decided nothing.
    package let notes: [String]

    package init(
        plan: BootPlan, machine: MachineOutcome, workloads: [WorkloadVerdict], findings: [ConsoleFinding] = [],
        notes: [String] = []
    ) {
        subject = plan.subject
        alone = plan.alone
        again = plan.again
        isDeterministic = plan.again == nil ? nil : plan.isDeterministic
        self.machine = machine
        self.workloads = workloads
        self.findings = findings
        self.notes = notes
    }

    package var guest: GuestName { GuestName(subject, alone: alone, again: again) }
}
