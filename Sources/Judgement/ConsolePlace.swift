/// The part of the plan in which a line was printed.
package enum ConsolePlace: String, Codable, Sendable {
    /// Before the first workload began.
    case boot
    case inside
    /// After a workload had ended and before the next began, or after the last.
    case after
}
