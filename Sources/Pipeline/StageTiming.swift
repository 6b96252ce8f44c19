import Evidence

/// How long one stage took: a line of `timings.json`.
package struct StageTiming: Codable, Sendable, Equatable {
    package let stage: Stage
    package let subject: Subject?
    /// The workload that had the guest to itself.
    package let alone: String?
    /// Set for a guest that ran unfinished workloads again; see `GuestName`.
    package let again: Int?
    /// The name of the mutant that it was about.
    package let mutant: String?
    /// When it began, in seconds since the first stage could begin, because guests may run at the same time.
    package let began: Double
    /// Wall time.
    package let seconds: Double
    /// The part of it in which QEMU ran the guest, or libguestfs its appliance.
    package let guestSeconds: Double
    package let reused: Bool
}
