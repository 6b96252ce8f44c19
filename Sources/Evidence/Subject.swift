/// Which of the kernels under comparison a build, a boot or a result belongs to.
package enum Subject: String, Codable, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// The source as it came, made fit for the compiler.
    case base
    /// The same with the whole series applied.
    case patched
    /// The source as it came, made fit for the compiler, where it has what the series brings: there is no base to it.
    case asIs = "as-is"
    /// The patched one with a single change that breaks it on purpose.
    case mutant

    /// The name in the run directory.
    package var description: String { rawValue }
}
