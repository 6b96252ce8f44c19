import COpenSSL
import Foundation

/// The SHA-256 of an artefact's inputs, as 64 lower-case hexadecimal digits.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    package let hexadecimal: String

    /// A digest that is known already; nil if the text is not 64 hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard text.wholeMatch(of: /[0-9a-fA-F]{64}/) != nil else { return nil }
        hexadecimal = text.lowercased()
    }

    /// The digest of `bytes`.
    package init(of bytes: Data) {
        let hash = SHA256()
        hash.update(bytes)
        hexadecimal = hash.finish()
    }

    /// The digest of named inputs: the same names with the same values give the same digest, in any order.
    package init(inputs: KeyValuePairs<String, String>) {
        // The lengths keep ("ab", "c") apart from ("a", "bc").
        let lines = inputs.map { "\($0.key.utf8.count) \($0.key) \($0.value.utf8.count) \($0.value)\n" }.sorted()
        self.init(of: Data(lines.joined().utf8))
    }

    /// The digest of a file's content, read in pieces.
    package init(ofFile file: URL) throws(FileError) {
        hexadecimal = try Files.attempt("read", file) {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let hash = SHA256()
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(piece) }
            return hash.finish()
        }
    }

    /// The digest of a file's size and of its 64 KiB blocks that are not all zeros, so that a big hole costs no time.
    package init(ofSparseFile file: URL) throws(FileError) {
        hexadecimal = try Files.attempt("read", file) {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let zeros = Data(count: 1 << 16)
            let size = try handle.seekToEnd()
            let hash = SHA256()
            hash.update(Data("\(size)\n".utf8))
            var offset: UInt64 = 0
            // The next byte outside a hole. A file system that does not support the question answers with `offset`.
            while offset < size, case let data = lseek(handle.fileDescriptor, off_t(offset), Self.seekData), data >= 0 {
                offset = UInt64(data) / UInt64(zeros.count) * UInt64(zeros.count)
                try handle.seek(toOffset: offset)
                guard let piece = try handle.read(upToCount: zeros.count), !piece.isEmpty else { break }
                if piece != zeros.prefix(piece.count) {
                    hash.update(Data("\(offset)\n".utf8))
                    hash.update(piece)
                }
                offset += UInt64(piece.count)
            }
            return hash.finish()
        }
    }

    /// SEEK_DATA of lseek(2), which Swift does not import.
    private static let seekData: Int32 = 3

    /// The first 16 digits, for directory names.
    package var short: String { String(hexadecimal.prefix(16)) }

    package var description: String { hexadecimal }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        hexadecimal = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}

/// One SHA-256 computation of OpenSSL.
private struct SHA256: ~Copyable {
    private let context: OpaquePointer

    init() {
        // Both calls fail only if memory is exhausted.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto has no memory for a SHA-256 context")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: Data) {
        bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// The digest of all bytes so far, in lower-case hexadecimal digits.
    consuming func finish() -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        var text = String.UnicodeScalarView()
        for byte in digest.prefix(Int(length)) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(text)
    }
}

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
