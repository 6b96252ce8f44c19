import Evidence

/// How long one stage took: a line of `timings.json`.
package struct StageTiming: Codable, Sendable, Equatable {
    package let stage: Stage
    package let subject: Subject?
    /// The workload that had the guest to itself.
    package let alone: String?
    /// Set for a guest that did what others left open; see `GuestName`.
    package let again: Int?
    /// The name of the mutant it was about.
    package let mutant: String?
    /// When it began, in seconds since the first stage could: guests may run side by side.
    package let began: Double
    /// Wall time.
    package let seconds: Double
    /// The part of it that belongs to QEMU running the guest, or to libguestfs's appliance.
    package let guestSeconds: Double
    package let reused: Bool
}
