import Evidence

/// What one boot shows.
package struct GuestVerdict: Codable, Sendable, Equatable {
    package let subject: Subject
    /// The workload that had the guest to itself; nil for the guest of all others.
    package let alone: String?
    package let machine: MachineOutcome
    /// In the order of the plan.
    package let workloads: [WorkloadVerdict]
    /// What the kernel reported while no workload ran.
    package let findings: [ConsoleFinding]
    /// What a reader should know and what decided nothing.
    package let notes: [String]

    package init(
        guest: GuestName, machine: MachineOutcome, workloads: [WorkloadVerdict], findings: [ConsoleFinding] = [],
        notes: [String] = []
    ) {
        subject = guest.subject
        alone = guest.alone
        self.machine = machine
        self.workloads = workloads
        self.findings = findings
        self.notes = notes
    }

    package var guest: GuestName { GuestName(subject, alone: alone) }
}
