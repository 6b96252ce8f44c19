import Foundation

/// The description of a mutation test, at the top of its directory: `mutation.json`.
package struct MutationRecord: TestRecord, Equatable {
    package static let file = "mutation.json"
    package static let suffix = "mutants"
    package static let currentSchema = 1

    /// The patched kernel itself, booted with all workloads that the mutants of one variant name.
    package struct Control: Codable, Sendable, Equatable {
        package let variant: String?
        /// The seed that it is the control for; nil if it is for all.
        package let seed: UInt64?
        /// The directory of its run, relative to the test's.
        package let run: String

        package init(variant: String?, seed: UInt64? = nil, run: String) {
            self.variant = variant
            self.seed = seed
            self.run = run
        }
    }

    package let schema: Int
    package let target: String
    /// The tree's version, such as `2.6.18-128.el5`.
    package let version: String
    package let started: Date
    package var controls: [Control]
    package var mutants: [MutantRecord]
    /// The names of the mutants that are for other trees.
    package let leftOut: [String]
    /// If seeds are searched, the names of the mutants that no race must notice.
    package let withoutRace: [String]?

    package init(
        target: String, version: String, started: Date, controls: [Control] = [], mutants: [MutantRecord],
        leftOut: [String], withoutRace: [String]? = nil
    ) {
        schema = Self.currentSchema
        self.target = target
        self.version = version
        self.started = started
        self.controls = controls
        self.mutants = mutants
        self.leftOut = leftOut
        self.withoutRace = withoutRace
    }
}

/// One mutant of a mutation test: what its patch says about it, and where its run is.
package struct MutantRecord: Codable, Sendable, Equatable {
    package let name: String
    /// What it does, in one line.
    package let subject: String
    /// The claims that it makes false, or words for a code path.
    package let breaks: [String]
    /// The workloads that must fail on it.
    package let killedBy: [String]
    /// The variant of the configuration in which it is built; nil if the target has none.
    package let variant: String?
    /// Nil unless it cannot be tested.
    package var fault: MutantFault?
    /// The seeds that were tried, if each mutant is booted with one seed after another; nil if it is booted once.
    package var search: SeedSearch?
    /// The directory of its run, relative to the test's; nil if it was not booted; with many seeds, that of the last.
    package var run: String?

    package init(
        name: String, subject: String, breaks: [String], killedBy: [String], variant: String?,
        fault: MutantFault? = nil, search: SeedSearch? = nil, run: String? = nil
    ) {
        self.name = name
        self.subject = subject
        self.breaks = breaks
        self.killedBy = killedBy
        self.variant = variant
        self.fault = fault
        self.search = search
        self.run = run
    }
}

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
