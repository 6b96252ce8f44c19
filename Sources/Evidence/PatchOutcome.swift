/// How one patch of the series applied to the source.
package struct PatchOutcome: Codable, Sendable, Equatable {
    package enum Application: Codable, Sendable, Equatable {
        case clean
        /// All hunks found their context; the furthest is `lines` away from the patch's line number.
        case offset(lines: Int)
        /// At most `factor` lines of context were ignored, as GNU patch counts fuzz.
        case fuzz(factor: Int)
        case alreadyApplied
        /// Left out, because the series file says so.
        case notForThisTree
        /// `rejects` is the text of GNU patch's reject files, or its message about a patch that it could not read.
        case rejected(rejects: String)
    }

    /// The name in the series file.
    package let patch: String
    package let application: Application

    package init(patch: String, application: Application) {
        self.patch = patch
        self.application = application
    }
}

extension PatchOutcome.Application: CustomStringConvertible {
    /// The kind of outcome without its numbers, for counting: `clean`, `offset`, `fuzz`, `already applied`, `not for
    /// this tree`, `rejected`.
    package var word: String {
        switch self {
        case .clean: "clean"
        case .offset: "offset"
        case .fuzz: "fuzz"
        case .alreadyApplied: "already applied"
        case .notForThisTree: "not for this tree"
        case .rejected: "rejected"
        }
    }

    package var description: String {
        switch self {
        case .clean, .alreadyApplied, .notForThisTree, .rejected: word
        case .offset(let lines): "offset \(lines) line\(abs(lines) == 1 ? "" : "s")"
        case .fuzz(let factor): "fuzz \(factor)"
        }
    }
}
