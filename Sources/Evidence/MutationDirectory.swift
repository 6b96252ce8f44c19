import Foundation

/// A mutation test on disk: `mutation.json`, and a run directory for each kernel that was booted.
///
/// The layout is described in `docs/mutants.md`.
package struct MutationDirectory: Sendable, Equatable {
    private static let head = "mutation.json"

    package let url: URL

    /// Makes a new one under `parent`, named after the time and the target.
    package static func create(under parent: URL, target: String, started: Date) throws(EvidenceError)
        -> MutationDirectory
    {
        let url = parent.appending(
            path: "\(RunDirectory.stamp(started))-\(target)-mutants", directoryHint: .isDirectory)
        try EvidenceFile.makeFolder(parent)
        // Not with those above it: a test that exists already is somebody else's.
        try EvidenceFile.makeFolder(url, andThoseAbove: false)
        return MutationDirectory(url: url)
    }

    /// Whether `url` is the folder of a mutation test, and not of a run.
    package static func isOne(_ url: URL) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: head).path)
    }

    /// Opens one that exists.
    /// - Throws: `notARunDirectory`, or `unknownSchema` where a later drydock wrote it.
    package init(opening url: URL) throws(EvidenceError) {
        guard Self.isOne(url) else { throw .notARunDirectory(path: url.path) }
        self.url = url
        try EvidenceFile.checkSchema(url.appending(path: Self.head), of: url, known: MutationRecord.currentSchema)
    }

    private init(url: URL) { self.url = url }

    package func record() throws(EvidenceError) -> MutationRecord {
        try EvidenceFile.read(url.appending(path: Self.head))
    }

    package func write(_ record: MutationRecord) throws(EvidenceError) {
        try EvidenceFile.write(record, to: url.appending(path: Self.head))
    }

    /// Writes another part of it.
    package func write(_ value: some Encodable, to name: String) throws(EvidenceError) {
        try EvidenceFile.write(value, to: url.appending(path: name))
    }

    /// The place of a run that the record names.
    package func place(of run: String) -> URL { url.appending(path: run, directoryHint: .isDirectory) }
}
