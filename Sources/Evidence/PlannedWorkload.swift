/// One workload as it was planned before the boot.
package struct PlannedWorkload: Codable, Sendable, Equatable {
    package let name: String
    package let summary: String
    /// Its subject, for grouping: `vmtruncate`, `notifier` or `locks`.
    package let kind: String
    /// The claims of the patch's description that it tests, such as `C2`.
    package let claims: [String]
    package let expectation: Expectation
    /// The hard limit of its run, in seconds of guest time.
    package let timeoutSeconds: Int
    package let seed: UInt64
    package let arguments: [String]
    /// Set if it is a known failure of this kernel.
    package let known: KnownFinding?

    package init(
        name: String, summary: String = "", kind: String = "", claims: [String] = [],
        expectation: Expectation = .pass, timeoutSeconds: Int = 30, seed: UInt64 = 1, arguments: [String] = [],
        known: KnownFinding? = nil
    ) {
        self.name = name
        self.summary = summary
        self.kind = kind
        self.claims = claims
        self.expectation = expectation
        self.timeoutSeconds = timeoutSeconds
        self.seed = seed
        self.arguments = arguments
        self.known = known
    }

    func choosing(seed: UInt64) -> PlannedWorkload {
        PlannedWorkload(
            name: name, summary: summary, kind: kind, claims: claims, expectation: expectation,
            timeoutSeconds: timeoutSeconds, seed: seed, arguments: arguments, known: known)
    }

    /// The same workload with `times` times the time.
    package func allowing(times: Int) -> PlannedWorkload {
        PlannedWorkload(
            name: name, summary: summary, kind: kind, claims: claims, expectation: expectation,
            timeoutSeconds: timeoutSeconds * times, seed: seed, arguments: arguments, known: known)
    }

    /// Whether it makes the guest crash or hang, by design or as a known failure, so that workloads after it in the
    /// same guest would be lost.
    package var needsOwnMachine: Bool { expectation != .pass || known != nil }
}

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
