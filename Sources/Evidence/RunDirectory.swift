import Files
import Foundation

/// A run on disk: `run.json`, and one directory per guest with its plan, its boot, its console and its results.
///
/// The layout is described in `docs/run-directory.md`.
package struct RunDirectory: Sendable, Equatable {
    /// What it may have beside the directories of its guests; `docs/run-directory.md` has a line for each.
    package enum File: String, CaseIterable, Sendable {
        case header = "run.json"
        case timings = "timings.json"
        case verdict = "verdict.json"
        /// A directory: the patches as they were during the run.
        case patches
        case againError = "again.error"
        /// The commands for gdb, in a run that was debugged.
        case debugger = "debug.gdb"
    }

    package let url: URL

    /// Makes a new run directory under `parent`, named after the time and the target.
    package static func create(
        under parent: URL, target: String, started: Date, guests: [GuestName], isDeterministic: Bool = false,
        environment: [String: String]
    ) throws(FileError) -> RunDirectory {
        let url = parent.appending(path: "\(stamp(started))-\(target)", directoryHint: .isDirectory)
        return try create(
            at: url, target: target, started: started, guests: guests, isDeterministic: isDeterministic,
            environment: environment)
    }

    /// Makes one at a path that does not exist yet.
    package static func create(
        at url: URL, target: String, started: Date, guests: [GuestName], isDeterministic: Bool = false,
        environment: [String: String]
    ) throws(FileError) -> RunDirectory {
        let run = RunDirectory(url: url)
        try Files.createFolder(url.deletingLastPathComponent())
        // Without the directories above it, because an existing run belongs to somebody else.
        try Files.createFolder(url, andThoseAbove: false)
        for guest in guests { try run[guest].create() }
        let header = RunHeader(
            identifier: url.lastPathComponent, target: target, started: started, guests: guests,
            isDeterministic: isDeterministic, environment: environment)
        try JSON.write(header, to: run[.header])
        return run
    }

    /// Opens a run that exists.
    /// - Throws: `notARunDirectory`, or `unknownSchema` if a later drydock wrote it.
    package init(opening url: URL) throws {
        self.url = url
        let file = url.appending(path: File.header.rawValue)
        guard Files.exists(file) else { throw EvidenceError.notARunDirectory(path: url.path) }
        try Self.checkSchema(File.header.rawValue, of: url, known: RunHeader.currentSchema)
    }

    private init(url: URL) { self.url = url }

    /// - Parameter known: the newest known layout of the kind of `folder`.
    /// - Throws: `unknownSchema` if a later drydock wrote it.
    static func checkSchema(_ file: String, of folder: URL, known: Int) throws {
        struct Schema: Decodable { let schema: Int }
        let schema: Schema = try EvidenceFile(folder: folder, path: file).read()
        guard (1...known).contains(schema.schema) else {
            throw EvidenceError.unknownSchema(path: folder.path, found: schema.schema, known: known)
        }
    }

    /// The start of a directory's name: the alphabetical order of the names is the order of their times.
    static func stamp(_ time: Date) -> String {
        time.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
            .filter { $0.isNumber || $0 == "T" }
    }

    /// The directory of one of its guests.
    package subscript(_ guest: GuestName) -> GuestFolder { GuestFolder(run: self, guest: guest) }

    package subscript(_ file: File) -> URL { url.appending(path: file.rawValue) }

    /// - Throws: `FileError`, or `EvidenceError.damaged` if a guest is named twice.
    package func header() throws -> RunHeader {
        let header: RunHeader = try EvidenceFile(folder: url, path: File.header.rawValue).read()
        var seen: Set<GuestName> = []
        if let twice = header.guests.first(where: { !seen.insert($0).inserted }) {
            throw EvidenceError.damaged(path: url.path, what: "run.json names the guest \(twice) twice")
        }
        return header
    }

    /// Adds guests that ran unfinished workloads again to `run.json`.
    package func add(_ guests: [GuestName]) throws {
        try JSON.write(try header().adding(guests), to: self[.header])
    }

    /// Keeps the patches that the run tests, in order, with a series file that names them.
    package func keep(_ patches: [KeptPatch]) throws(FileError) {
        guard !patches.isEmpty else { return }
        let place = self[.patches]
        try Files.createFolder(place)
        var series = ""
        for (index, patch) in patches.enumerated() {
            let name = patch.name.split(separator: "/").last ?? "patch"
            let file = "\(index < 9 ? "0" : "")\(index + 1)-\(name)"
            try Files.write(patch.content, to: place.appending(path: file))
            series += "\(file) -p\(patch.strip)\n"
        }
        try Files.write(Data(series.utf8), to: place.appending(path: "series"))
    }
}

/// A patch as it was when a run used it.
package struct KeptPatch: Sendable, Equatable {
    /// As the series file writes it.
    package let name: String
    /// How many leading directories GNU patch strips from the names in the patch.
    package let strip: Int
    package let content: Data

    package init(name: String, strip: Int, content: Data) {
        self.name = name
        self.strip = strip
        self.content = content
    }
}

/// A directory is not a run directory, or is incomplete.
package enum EvidenceError: Error, Equatable, CustomStringConvertible {
    case notARunDirectory(path: String)
    case unknownSchema(path: String, found: Int, known: Int)
    /// A file says something that drydock never writes; `what` says it, for the end of a sentence.
    case damaged(path: String, what: String)
    case tooLarge(path: String, bytes: Int, limit: Int)
    case tooLong(path: String, lines: Int, limit: Int)
    /// The run was interrupted; `missing` is what it had not written yet.
    case unfinished(path: String, missing: String)

    package var description: String {
        switch self {
        case .notARunDirectory(let path):
            "cannot read run \(path): it has no run.json; give the directory that `drydock run` printed"
        case .unknownSchema(let path, let found, let known):
            "cannot read run \(path): its layout has version \(found), but this drydock knows version \(known)"
        case .damaged(let path, let what):
            "cannot judge run \(path): \(what); it was changed or is damaged; run the test again"
        case .tooLarge(let path, let bytes, let limit):
            "cannot judge \(path): it has \(bytes >> 20) MiB, and drydock reads up to \(limit >> 20) MiB; look for what "
                + "printed so much at its end, and run the test again"
        case .tooLong(let path, let lines, let limit):
            "cannot judge \(path): it has \(lines) lines, and drydock reads up to \(limit); look for what printed so many at "
                + "its end, and run the test again"
        case .unfinished(let path, let missing):
            "cannot judge run \(path): it ended before it wrote \(missing); its other files can be read; "
                + "run the test again"
        }
    }
}
