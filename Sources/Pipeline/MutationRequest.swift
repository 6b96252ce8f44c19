/// How the user wants a mutation test to be run.
package struct MutationRequest: Sendable, Equatable {
    /// A libvirt URI; nil for the connection that drydock makes for itself.
    package let connection: String?
    /// Names; empty for all mutants of the target.
    package let mutants: [String]
    /// Whether each mutant is booted with every workload of the target, and not only with those that must notice it.
    package let runsEverything: Bool
    package let seed: UInt64
    /// Boot each mutant with these seeds one after another, deterministically, until one kills it; nil for `seed`
    /// alone, and CPUs that really run at once.
    package let seeds: ClosedRange<UInt64>?
    /// How many guests may run at once; nil for as many as CPUs and memory allow.
    package let guestsAtOnce: Int?

    package init(
        connection: String? = nil, mutants: [String] = [], runsEverything: Bool = false, seed: UInt64 = 1,
        seeds: ClosedRange<UInt64>? = nil, guestsAtOnce: Int? = nil
    ) {
        self.connection = connection
        self.mutants = mutants
        self.runsEverything = runsEverything
        self.seed = seed
        self.seeds = seeds
        self.guestsAtOnce = guestsAtOnce
    }

    /// How its guests are booted.
    var boot: BootRequest { BootRequest(connection: connection, seed: seed, isDeterministic: seeds != nil) }
}
