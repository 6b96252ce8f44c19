import Evidence
import Foundation

/// What a build tree holds, as far as it was built to the end.
struct BuildState: Codable {
    let digest: Digest
    let release: String
    /// The symbols of the fragments that the tree does not have, and need not have.
    let unknownSymbols: [String]
    let warnings: [CompilerWarning]
    /// Wall time of the latest build.
    let seconds: Double

    /// Nil where the tree was never built, or where a build was interrupted.
    static func of(_ slot: TreeSlot) -> BuildState? {
        (try? Data(contentsOf: slot.state)).flatMap { try? JSONDecoder().decode(BuildState.self, from: $0) }
    }

    func keep(in slot: TreeSlot) throws {
        try Files.write(try JSONEncoder().encode(self), to: slot.state)
    }
}
