import Evidence
import Foundation

/// A digest kept beside what it was computed from, with a cheap signature that tells when it is stale.
struct DigestMemo: Codable {
    let signature: String
    let digest: Digest

    /// The digest in `file`, if it was kept under `signature`.
    static func recall(_ signature: String, in file: URL) -> Digest? {
        guard let content = try? Data(contentsOf: file),
            let memo = try? JSONDecoder().decode(DigestMemo.self, from: content), memo.signature == signature
        else { return nil }
        return memo.digest
    }

    func keep(in file: URL) throws(KernelError) {
        let content: Data
        do {
            content = try JSONEncoder().encode(self)
        } catch {
            throw .unwritable(path: file.path, reason: error.systemReason)
        }
        try Files.write(content, to: file)
    }

    /// The digest of an archive's bytes, read again only when its size or its modification time has changed.
    static func digest(ofArchive archive: URL, cache: KernelCache) throws(KernelError) -> Digest {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: archive.resolvingSymlinksInPath().path)
        } catch {
            throw .unreadable(path: archive.path, reason: error.systemReason)
        }
        let size = attributes[.size] as? Int ?? 0
        let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let signature = "\(size) \(modified)"
        // Not beside the archive, which may lie in a folder of the user's.
        let name = "archive-\(Digest(of: Data(archive.standardizedFileURL.path.utf8)).short).digest"
        let file = cache.pristine.appending(path: name)
        if let digest = recall(signature, in: file) { return digest }
        let digest: Digest
        do {
            digest = try Digest(ofFile: archive)
        } catch {
            throw .unreadable(path: archive.path, reason: error.systemReason)
        }
        try DigestMemo(signature: signature, digest: digest).keep(in: file)
        return digest
    }
}
