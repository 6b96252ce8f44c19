import Foundation

/// What every part of a run, and of a mutation test, is written and read with.
package enum EvidenceFile {
    package static func write(_ value: some Encodable, to file: URL) throws(EvidenceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            try (encoder.encode(value) + Data("\n".utf8)).write(to: file, options: .atomic)
        } catch {
            throw .unwritable(path: file.path, reason: error.systemReason)
        }
    }

    static func read<Value: Decodable>(_ file: URL) throws(EvidenceError) -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(Value.self, from: try bytes(of: file))
        } catch let error as EvidenceError {
            throw error
        } catch {
            throw .unreadable(path: file.path, reason: "\(error)")
        }
    }

    static func bytes(of file: URL) throws(EvidenceError) -> Data {
        do {
            return try Data(contentsOf: file)
        } catch {
            throw .unreadable(path: file.path, reason: error.systemReason)
        }
    }

    static func write(bytes: Data, to file: URL) throws(EvidenceError) {
        do {
            try bytes.write(to: file)
        } catch {
            throw .unwritable(path: file.path, reason: error.systemReason)
        }
    }

    static func makeFolder(_ folder: URL, andThoseAbove: Bool = true) throws(EvidenceError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: andThoseAbove)
        } catch {
            throw .unwritable(path: folder.path, reason: error.systemReason)
        }
    }

    /// - Parameter known: the newest layout that is known of what `folder` is.
    /// - Throws: `unknownSchema` where a later drydock wrote it.
    static func checkSchema(_ file: URL, of folder: URL, known: Int) throws(EvidenceError) {
        struct Schema: Decodable { let schema: Int }
        let schema: Schema = try read(file)
        guard (1...known).contains(schema.schema) else {
            throw .unknownSchema(path: folder.path, found: schema.schema, known: known)
        }
    }
}
