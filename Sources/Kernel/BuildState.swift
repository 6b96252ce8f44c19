import Evidence
import Foundation

/// What a build tree holds, as far as it was built to the end.
struct BuildState: Codable {
    /// Of all that went into it.
    let digest: Digest
    /// Of what came out, see `KernelCode`.
    let code: Digest
    let release: String
    /// The symbols of the fragments that the tree does not have, and need not have.
    let unknownSymbols: [String]
    let warnings: [CompilerWarning]
    /// Wall time of the latest build.
    let seconds: Double

    static let name = "build.json"

    /// Nil where the tree holds another build, or none, or what was taken out of it is gone.
    static func of(_ slot: TreeSlot, _ digest: Digest) -> BuildState? {
        guard let state = read(slot.state), state.digest == digest, kept(in: slot, digest) != nil else { return nil }
        return state
    }

    /// What was taken out of a build is there, whatever the tree holds now.
    static func kept(in slot: TreeSlot, _ digest: Digest) -> BuildState? {
        read(slot.artefacts.appending(path: "\(digest.short)/\(name)")).flatMap { $0.digest == digest ? $0 : nil }
    }

    private static func read(_ file: URL) -> BuildState? {
        (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(BuildState.self, from: $0) }
    }

    func keep(in slot: TreeSlot) throws { try keep(in: slot.state) }

    func keep(in file: URL) throws { try Files.write(try JSONEncoder().encode(self), to: file) }
}
