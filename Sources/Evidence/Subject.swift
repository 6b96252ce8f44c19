/// Which of the kernels under comparison a build, a boot or a result belongs to.
package enum Subject: String, Codable, Sendable, Hashable, CaseIterable {
    /// The source as it came.
    case base
    /// The source with the whole series applied.
    case patched
}
