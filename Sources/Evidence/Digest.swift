import Foundation

/// The SHA-256 of an artefact's inputs, as 64 lower-case hexadecimal digits.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    package let hexadecimal: String

    /// A digest that somebody else computed; nil where it is not 64 hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard text.wholeMatch(of: /[0-9a-fA-F]{64}/) != nil else { return nil }
        hexadecimal = text.lowercased()
    }

    /// The digest of `bytes` themselves.
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
    /// - Throws: what the system said when the file could not be read.
    package init(ofFile file: URL) throws {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let hash = SHA256()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(piece) }
        hexadecimal = hash.finish()
    }

    /// The first 16 digits, for folder names.
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
