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

    func keep(in file: URL) throws {
        try Files.write(try JSONEncoder().encode(self), to: file)
    }

    /// The digest of an archive's bytes, read again only when its size or its modification time has changed.
    static func digest(ofArchive archive: URL) throws -> Digest {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: archive.path)
        } catch {
            throw KernelError.unreadable(path: archive.path, reason: error.systemReason)
        }
        let size = attributes[.size] as? Int ?? 0
        let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let signature = "\(size) \(modified)"
        let file = archive.appendingPathExtension("digest")
        if let digest = recall(signature, in: file) { return digest }
        let digest: Digest
        do {
            digest = try Digest(ofFile: archive)
        } catch {
            throw KernelError.unreadable(path: archive.path, reason: error.systemReason)
        }
        try DigestMemo(signature: signature, digest: digest).keep(in: file)
        return digest
    }
}
