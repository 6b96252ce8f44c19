/// What one boot is asked to do, written before it.
package struct RunPlan: Codable, Sendable, Equatable {
    /// The target's name, the folder under `kernel-patches/`.
    package let target: String
    package let subject: Subject
    /// In the order in which the guest runs them.
    package let workloads: [PlannedWorkload]

    package init(target: String, subject: Subject, workloads: [PlannedWorkload]) {
        self.target = target
        self.subject = subject
        self.workloads = workloads
    }
}
