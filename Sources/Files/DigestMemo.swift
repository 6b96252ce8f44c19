import Foundation

/// A digest kept beside its input, with a cheap signature that shows when the digest is out of date.
package struct DigestMemo: Codable {
    private let signature: String
    private let digest: Digest

    package init(signature: String, digest: Digest) {
        self.signature = signature
        self.digest = digest
    }

    /// The digest in `file`, if it was kept under `signature`.
    package static func recall(_ signature: String, in file: URL) -> Digest? {
        guard let memo: DigestMemo = try? JSON.read(file), memo.signature == signature else { return nil }
        return memo.digest
    }

    package func keep(in file: URL) throws(FileError) { try JSON.write(self, to: file) }

    /// The digest of a file's bytes, computed again only if its size or modification time has changed.
    /// - Parameter folder: keeps the digest, because the file may be in a directory of the user.
    package static func digest(of archive: URL, keptIn folder: URL) throws(FileError) -> Digest {
        let attributes = try Files.attempt("read", archive) {
            try FileManager.default.attributesOfItem(atPath: archive.resolvingSymlinksInPath().path)
        }
        let size = attributes[.size] as? Int ?? 0
        let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let signature = "\(size) \(modified)"
        let name = "archive-\(Digest(of: Data(archive.standardizedFileURL.path.utf8)).short).digest"
        let file = folder.appending(path: name)
        if let digest = recall(signature, in: file) { return digest }
        let digest = try Digest(ofFile: archive)
        try Files.createFolder(folder)
        try DigestMemo(signature: signature, digest: digest).keep(in: file)
        return digest
    }
}
