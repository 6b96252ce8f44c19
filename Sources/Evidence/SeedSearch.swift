/// Seeds tried one after another, until something failed.
package struct SeedSearch: Codable, Sendable, Equatable {
    /// The last one tried: the one with which something failed, if anything did.
    package let seed: UInt64
    /// How many were tried.
    package let tried: Int
    /// The directory of the second run with that seed; nil if nothing failed.
    package let again: String?

    package init(seed: UInt64, tried: Int, again: String?) {
        self.seed = seed
        self.tried = tried
        self.again = again
    }
}
