/// How the user wants the guests of a run to be booted.
package struct BootRequest: Sendable, Equatable {
    /// A libvirt URI; nil for the connection that drydock makes for itself.
    package let connection: String?
    /// Names; empty for the target's workloads.
    package let workloads: [String]
    package let seed: UInt64
    /// Boot under TCG with a clock that counts instructions, so that times repeat exactly.
    package let countsInstructions: Bool
    /// Boot so that nothing in the guest depends on the host; this counts instructions too.
    package let isDeterministic: Bool

    package init(
        connection: String? = nil, workloads: [String] = [], seed: UInt64 = 1, countsInstructions: Bool = false,
        isDeterministic: Bool = false
    ) {
        self.connection = connection
        self.workloads = workloads
        self.seed = seed
        self.countsInstructions = countsInstructions || isDeterministic
        self.isDeterministic = isDeterministic
    }
}
