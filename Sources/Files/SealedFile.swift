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
    package static func put(_ draft: URL, at file: URL, isSparse: Bool = false) throws(FileError) {
        try Files.attempt("write", file) {
            let folder = file.deletingLastPathComponent()
            let digest = try digest(of: draft, isSparse)
            try Files.flush(draft)
            if unlink(seal(of: file).path) != 0, errno != ENOENT { throw FileError("write", file, number: errno) }
            try Files.replace(file, with: draft)
            let note = folder.appending(component: "\(file.lastPathComponent).\(UUID().uuidString)")
            do {
                try Data(line(digest, file).utf8).write(to: note)
                try Files.flush(note)
                try Files.replace(seal(of: file), with: note)
            } catch {
                unlink(note.path)
                throw error
            }
            try Files.flush(folder)
        }
    }

    package static func seal(of file: URL) -> URL { file.appendingPathExtension("sha256") }

    private static func digest(of file: URL, _ isSparse: Bool) throws(FileError) -> Digest {
        try isSparse ? Digest(ofSparseFile: file) : Digest(ofFile: file)
    }

    private static func line(_ digest: Digest, _ file: URL) -> String { "\(digest)  \(file.lastPathComponent)\n" }
}
