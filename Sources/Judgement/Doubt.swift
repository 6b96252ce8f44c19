/// Why a workload is unproven, where that is no sign of trouble in the kernel.
package enum Doubt: String, Codable, Sendable {
    /// The race that it is about did not come about.
    case unmet
    /// The host kept the guest from doing in time what it had to do.
    case host
    /// It failed on a kernel that had died, or lost a processor, before it began.
    case earlierDeath = "earlier-death"
}
