/// Time that the host kept from a guest, so that the kernel is not to blame for what the guest missed.
package struct Withheld: Codable, Sendable, Equatable {
    package enum Cause: String, Codable, Sendable {
        /// A CPU of the guest was ready to run, but the host ran something else.
        case waited
        /// QEMU was stopped or frozen, libvirt kept the guest paused, or the guest waited for the host's disk.
        case paused
        /// The host itself slept.
        case asleep
        /// The host is a guest too, and the hypervisor below it took its CPUs.
        case stolen
    }

    /// The cause of most of it.
    package let cause: Cause
    /// The guest's CPU that waited longest; nil for another cause.
    package let processor: Int?
    /// The share that was kept of those seconds, 0 to 1.
    package let share: Double
    /// The length of the time in question, in the host's seconds.
    package let seconds: Double

    /// For a sentence: `CPU 1 waited 71 % of those 12 s for a processor of the host`.
    package var words: String {
        let part = "\(Int((share * 100).rounded())) % of those \(Int(seconds.rounded())) s"
        return switch cause {
        case .waited: "CPU \(processor ?? 0) waited \(part) for a processor of the host"
        case .paused: "its QEMU was stopped or frozen, or waited for the host's disk, for \(part)"
        case .asleep: "the host slept for \(part)"
        case .stolen: "the host's own hypervisor took its processors for \(part)"
        }
    }
}
