/// A known failure of a kernel: a workload that fails there because of a defect in the kernel.
package struct KnownFinding: Codable, Sendable, Equatable {
    /// One sentence on what is wrong with the kernel.
    package let reason: String
    /// Where it is described, such as a commit or a bug number.
    package let reference: String

    package init(reason: String, reference: String) {
        self.reason = reason
        self.reference = reference
    }
}
