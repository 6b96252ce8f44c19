import Evidence

/// What one boot shows.
package struct GuestVerdict: Codable, Sendable, Equatable {
    package let subject: Subject
    package let machine: MachineOutcome
    /// In the order of the plan.
    package let workloads: [WorkloadVerdict]
    /// What the kernel reported while no workload ran.
    package let findings: [ConsoleFinding]
    /// What a reader should know and what decided nothing.
    package let notes: [String]

    package init(
        subject: Subject, machine: MachineOutcome, workloads: [WorkloadVerdict], findings: [ConsoleFinding] = [],
        notes: [String] = []
    ) {
        self.subject = subject
        self.machine = machine
        self.workloads = workloads
        self.findings = findings
        self.notes = notes
    }
}
