import Foundation

/// A file of the cache that counts only as it was put there: beside it lies its SHA-256, as `sha256sum --check` reads it.
///
/// A file that is `isSparse` has the digest of what is not in its holes, which only drydock can check.
package enum SealedFile {
    /// Whether the file is there and its bytes are those it was sealed with; false for one without a seal.
    package static func isWhole(_ file: URL, isSparse: Bool = false) -> Bool {
        guard let text = try? String(contentsOf: seal(of: file), encoding: .utf8),
            let digest = try? digest(of: file, isSparse)
        else { return false }
        return text == line(digest, file)
    }

    /// Puts `draft` in the place of `file` in one step, after both are on the disk: a host that crashes leaves a whole file or
    /// one without a seal.
    /// - Throws: what the system said.
    package static func put(_ draft: URL, at file: URL, isSparse: Bool = false) throws {
        let folder = file.deletingLastPathComponent()
        let digest = try digest(of: draft, isSparse)
        try flush(draft)
        if unlink(seal(of: file).path) != 0, errno != ENOENT { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        try move(draft, to: file)
        let note = folder.appending(component: "\(file.lastPathComponent).\(UUID().uuidString)")
        do {
            try Data(line(digest, file).utf8).write(to: note)
            try flush(note)
            try move(note, to: seal(of: file))
        } catch {
            unlink(note.path)
            throw error
        }
        try flush(folder)
    }

    package static func seal(of file: URL) -> URL { file.appendingPathExtension("sha256") }

    /// Waits until the bytes of a file, or the names in a folder, are on the disk.
    /// - Throws: what the system said.
    package static func flush(_ file: URL) throws {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    private static func digest(of file: URL, _ isSparse: Bool) throws -> Digest {
        try isSparse ? Digest(ofSparseFile: file) : Digest(ofFile: file)
    }

    private static func move(_ file: URL, to place: URL) throws {
        guard rename(file.path, place.path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    private static func line(_ digest: Digest, _ file: URL) -> String { "\(digest)  \(file.lastPathComponent)\n" }
}
