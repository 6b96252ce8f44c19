/// The kernel to which a build, a boot or a result belongs.
package enum Subject: String, Codable, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// The source as it is, with the patches that the compiler needs.
    case base
    /// The same with the whole series applied.
    case patched
    /// The source as it is, with the patches that the compiler needs, if it already has what the series brings; there
    /// is no base then.
    case asIs = "as-is"
    /// The patched kernel with a single change that breaks it on purpose.
    case mutant

    /// The name in the run directory.
    package var description: String { rawValue }
}
