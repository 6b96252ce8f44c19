/// Why a mutant was not booted: a mistake in the mutant, of which no workload can tell anything.
package struct MutantFault: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case doesNotApply = "does-not-apply"
        case doesNotBuild = "does-not-build"
        /// Its kernel is the patched one, byte by byte.
        case doesNotDiffer = "does-not-differ"

        package var words: String {
            switch self {
            case .doesNotApply: "does not apply"
            case .doesNotBuild: "does not build"
            case .doesNotDiffer: "does not differ"
            }
        }
    }

    package let kind: Kind
    /// The whole message, what the tools said included.
    package let reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
