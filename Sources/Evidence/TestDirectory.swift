import Files
import Foundation

/// The description at the top of the directory of a test with many runs.
package protocol TestRecord: Codable, Sendable {
    /// The name of its file.
    static var file: String { get }
    /// The end of the directory's name.
    static var suffix: String { get }
    /// The version of the directory's layout; readers refuse one that they do not know.
    static var currentSchema: Int { get }

    var target: String { get }
    var started: Date { get }
}

/// A test of many runs on disk: its record, and a run directory for each of them.
package struct TestDirectory<Record: TestRecord>: Sendable, Equatable {
    package let url: URL

    /// Makes a new one under `parent`, named after the time, the target and the kind of test.
    package static func create(under parent: URL, target: String, started: Date) throws(FileError)
        -> TestDirectory
    {
        let url = parent.appending(
            path: "\(RunDirectory.stamp(started))-\(target)-\(Record.suffix)", directoryHint: .isDirectory)
        try Files.createFolder(parent)
        // Without the directories above it, because an existing test belongs to somebody else.
        try Files.createFolder(url, andThoseAbove: false)
        return TestDirectory(url: url)
    }

    /// Whether `url` is the directory of such a test, and not of a run.
    package static func isOne(_ url: URL) -> Bool {
        Files.exists(url.appending(path: Record.file))
    }

    /// Opens one that exists.
    /// - Throws: `notARunDirectory`, or `unknownSchema` if a later drydock wrote it.
    package init(opening url: URL) throws {
        guard Self.isOne(url) else { throw EvidenceError.notARunDirectory(path: url.path) }
        self.url = url
        try RunDirectory.checkSchema(Record.file, of: url, known: Record.currentSchema)
    }

    private init(url: URL) { self.url = url }

    package func record() throws -> Record { try EvidenceFile(folder: url, path: Record.file).read() }

    package func write(_ record: Record) throws(FileError) {
        try JSON.write(record, to: url.appending(path: Record.file))
    }

    /// Writes another file of it, which has the same name as in a run.
    package func write(_ value: some Encodable, as file: RunDirectory.File) throws(FileError) {
        try JSON.write(value, to: url.appending(path: file.rawValue))
    }

    /// The path of a run that the record names.
    package func place(of run: String) -> URL { url.appending(path: run, directoryHint: .isDirectory) }
}

/// A mutation test on disk; `docs/mutants.md` describes its layout.
package typealias MutationDirectory = TestDirectory<MutationRecord>

/// A plan that was run with many seeds; `docs/determinism.md` describes its layout.
package typealias SeedDirectory = TestDirectory<SeedRecord>

/// A failure that was made smaller; `docs/determinism.md` describes its layout.
package typealias MinimisationDirectory = TestDirectory<MinimisationRecord>

/// A plan that was run many times; `docs/run-directory.md` describes its layout.
package typealias RepetitionDirectory = TestDirectory<RepetitionRecord>
