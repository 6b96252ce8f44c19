/// Why a mutant was not booted: a mistake in the mutant itself, about which workloads say nothing.
package struct MutantFault: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case doesNotApply = "does-not-apply"
        case doesNotBuild = "does-not-build"
        /// Its kernel is the same as the patched one, byte for byte.
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
    /// The whole message, including the tools' output.
    package let reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
