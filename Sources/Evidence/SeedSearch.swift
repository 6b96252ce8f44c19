/// One seed after the other, until something failed.
package struct SeedSearch: Codable, Sendable, Equatable {
    /// The last one tried: that under which something failed, where anything did.
    package let seed: UInt64
    /// How many were tried.
    package let tried: Int
    /// The folder of the second run with that seed; nil where nothing failed.
    package let again: String?

    package init(seed: UInt64, tried: Int, again: String?) {
        self.seed = seed
        self.tried = tried
        self.again = again
    }
}
