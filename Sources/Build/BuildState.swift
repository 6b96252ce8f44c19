import Evidence
import Files
import Foundation

/// The content of a build tree, as far as it was built to the end.
struct BuildState: Codable {
    /// Of all inputs.
    let digest: Digest
    /// Of the output, see `KernelCode`.
    let code: Digest
    let release: String
    /// The symbols of the fragments that the tree does not have, and need not have.
    let unknownSymbols: [String]
    let warnings: [CompilerWarning]
    /// Of the tree's vmlinux, which is too big to read each time.
    let vmlinux: FileSignature?
    /// Wall time of the latest build.
    let seconds: Double

    static let name = "build.json"

    /// Nil if the tree has another build or none, if its vmlinux was changed, or if an artefact is missing or damaged.
    static func of(_ slot: TreeSlot, _ digest: Digest) -> BuildState? {
        guard let state = read(slot.state), state.digest == digest, kept(in: slot, digest) != nil, !slot.isUnfinished
        else { return nil }
        return state
    }

    /// The state if the artefacts are there and whole, whatever the tree has now.
    static func kept(in slot: TreeSlot, _ digest: Digest) -> BuildState? {
        let place = slot.artefacts.appending(path: digest.short)
        guard let state = read(place.appending(path: name)), state.digest == digest else { return nil }
        return (artefacts + [name]).allSatisfy { SealedFile.isWhole(place.appending(path: $0)) } ? state : nil
    }

    /// The files that are copied out of a tree.
    static let artefacts = ["bzImage", "System.map", "config"]

    static func read(_ file: URL) -> BuildState? { try? JSON.read(file) }

    func keep(in slot: TreeSlot) throws { try keep(in: slot.state) }

    func keep(in file: URL) throws { try JSON.write(self, to: file) }
}

/// Shows without reading a file that it was written since: its size, its inode and the time of its last change in
/// nanoseconds; it misses changed bytes if the time was set back, and damage by a failing disk.
struct FileSignature: Codable, Equatable {
    let text: String

    /// Nil if there is no such file.
    init?(_ file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        text = "\(status.st_size) \(status.st_ino) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
