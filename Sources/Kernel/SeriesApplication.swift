import Evidence
import Files
import Foundation

/// A series that applies to one source: the files it leaves, held until a build tree takes them.
package struct SeriesApplication: Sendable {
    /// Of the source it was applied to.
    package let source: Digest
    /// One for each patch of the toolchain, in order; none is rejected.
    package let toolchain: [PatchOutcome]
    /// One for each patch of the series, in order; none is rejected.
    package let outcomes: [PatchOutcome]
    /// The paths whose content differs from the source's, and what they hold now.
    let files: [String: TreeFile]

    init(source: Digest, toolchain: [PatchOutcome], outcomes: [PatchOutcome], files: [String: TreeFile]) {
        self.source = source
        self.toolchain = toolchain
        self.outcomes = outcomes
        self.files = files
    }

    /// The paths whose content the patches change, sorted.
    package var touchedFiles: [String] { files.keys.sorted() }

    /// The digest of what the patches do to the source: rewording a patch's description does not change it.
    package var digest: Digest { Self.digest(files) }

    static func digest(_ files: [String: TreeFile]) -> Digest {
        Digest(
            of: .init(files.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value.fingerprint)\n" }.joined().utf8))
    }
}
