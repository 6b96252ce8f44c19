import Foundation

/// A file of the cache with its SHA-256 beside it, as `sha256sum --check` reads it; a file that does not match does not
/// count.
///
/// If a file `isSparse`, the digest leaves out the holes, so that only drydock can check it.
package enum SealedFile {
    /// Whether the file exists and still has the bytes that it was sealed with; false if it has no seal.
    package static func isWhole(_ file: URL, isSparse: Bool = false) -> Bool {
        guard let text = try? String(contentsOf: seal(of: file), encoding: .utf8),
            let digest = try? digest(of: file, isSparse)
        else { return false }
        return text == line(digest, file)
    }

    /// Replaces `file` by `draft` in one step, after both are on the disk: if the host crashes, the file is whole or
    /// has no seal.
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
