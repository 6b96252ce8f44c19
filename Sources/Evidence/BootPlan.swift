/// What one boot must do, written before it.
package struct BootPlan: Codable, Sendable, Equatable {
    /// The target's name: the directory under `kernel-patches/`.
    package let target: String
    package let subject: Subject
    /// The workload that has the guest to itself; nil for the guest of all others.
    package let alone: String?
    /// Set for a guest that runs unfinished workloads again; see `GuestName`.
    package let again: Int?
    /// CPUs of the guest; nil in runs that are older than this field.
    package let cpus: Int?
    /// Guest time of one instruction, if the guest's clock counts instructions; nil if it follows the host's clock.
    package let nanosecondsPerInstruction: Int?
    /// Set if nothing in the guest depends on the host, so that the same seed gives the same run to the last
    /// instruction; otherwise nil.
    package let isDeterministic: Bool?
    /// In the order in which the guest runs them.
    package let workloads: [PlannedWorkload]

    package var guest: GuestName { GuestName(subject, alone: alone, again: again) }

    package init(
        target: String, guest: GuestName, cpus: Int? = nil, nanosecondsPerInstruction: Int? = nil,
        isDeterministic: Bool? = nil, workloads: [PlannedWorkload]
    ) {
        self.target = target
        subject = guest.subject
        alone = guest.alone
        again = guest.again
        self.cpus = cpus
        self.nanosecondsPerInstruction = nanosecondsPerInstruction
        self.isDeterministic = isDeterministic
        self.workloads = workloads
    }

    /// The start of the names of a workload's result files, as init writes them: `02-notifier`.
    /// - Parameter number: from 1.
    package func resultName(_ number: Int) -> String {
        "\(number < 10 ? "0" : "")\(number)-\(workloads[number - 1].name)"
    }

    /// The same plan with this workload only.
    package func choosing(workload name: String) -> BootPlan {
        BootPlan(
            target: target, guest: guest, cpus: cpus, nanosecondsPerInstruction: nanosecondsPerInstruction,
            isDeterministic: isDeterministic, workloads: workloads.filter { $0.name == name })
    }

    /// The same plan with another seed for each workload.
    package func choosing(seed: UInt64) -> BootPlan {
        BootPlan(
            target: target, guest: guest, cpus: cpus, nanosecondsPerInstruction: nanosecondsPerInstruction,
            isDeterministic: isDeterministic, workloads: workloads.map { $0.choosing(seed: seed) })
    }
}
