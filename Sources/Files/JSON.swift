import Foundation

/// JSON as drydock writes it: indented, keys in alphabetical order.
package enum JSON {
    /// Without a newline at its end.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Replaces the file in one step; its directory must exist.
    package static func write(_ value: some Encodable, to file: URL) throws(FileError) {
        try Files.attempt("write", file) { try Data("\(text(value))\n".utf8).write(to: file, options: .atomic) }
    }

    /// - Throws: `FileError`, also if the content is not such a value.
    package static func read<Value: Decodable>(_ file: URL) throws(FileError) -> Value {
        let content = try Files.read(file)
        do throws(ContentFault) {
            return try value(of: content)
        } catch {
            throw FileError("read", file, reason: "it \(error)")
        }
    }

    package static func value<Value: Decodable>(of content: Data) throws(ContentFault) -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(Value.self, from: content)
        } catch {
            throw ContentFault(error)
        }
    }
}
