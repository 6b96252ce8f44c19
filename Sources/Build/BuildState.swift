import Evidence
import Files
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
    /// Of the tree's vmlinux, which is too big to be read each time.
    let vmlinux: FileSignature?
    /// Wall time of the latest build.
    let seconds: Double

    static let name = "build.json"

    /// Nil if the tree holds another build, or none, or its vmlinux is not the one that was built, or what was taken
    /// out of it is gone or spoilt.
    static func of(_ slot: TreeSlot, _ digest: Digest) -> BuildState? {
        guard let state = read(slot.state), state.digest == digest, kept(in: slot, digest) != nil, !slot.isUnfinished
        else { return nil }
        return state
    }

    /// What was taken out of a build is there and whole, whatever the tree holds now.
    static func kept(in slot: TreeSlot, _ digest: Digest) -> BuildState? {
        let place = slot.artefacts.appending(path: digest.short)
        guard let state = read(place.appending(path: name)), state.digest == digest else { return nil }
        return (artefacts + [name]).allSatisfy { SealedFile.isWhole(place.appending(path: $0)) } ? state : nil
    }

    /// What is taken out of a tree.
    static let artefacts = ["bzImage", "System.map", "config"]

    static func read(_ file: URL) -> BuildState? { try? JSON.read(file) }

    func keep(in slot: TreeSlot) throws { try keep(in: slot.state) }

    func keep(in file: URL) throws { try JSON.write(self, to: file) }
}

/// What tells without reading it that a file was written since: its size, its inode and the time of its last change in
/// nanoseconds. It misses a file whose bytes changed and whose time somebody set back, and what a failing disk forgets.
struct FileSignature: Codable, Equatable {
    let text: String

    /// Nil if there is no such file.
    init?(_ file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        text = "\(status.st_size) \(status.st_ino) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
