import Files
import Foundation

/// A run on disk: `run.json`, then one folder per subject with its plan, its boot, its console and its results.
///
/// The layout is described in `docs/run-directory.md`.
package struct RunDirectory: Sendable, Equatable {
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

    /// Makes one in a place that is not taken yet.
    package static func create(
        at url: URL, target: String, started: Date, guests: [GuestName], isDeterministic: Bool = false,
        environment: [String: String]
    ) throws(FileError) -> RunDirectory {
        let run = RunDirectory(url: url)
        try Files.createFolder(url.deletingLastPathComponent())
        // Not with those above it: a run that exists already is somebody else's.
        try Files.createFolder(url, andThoseAbove: false)
        for guest in guests { try Files.createFolder(run.folder(of: guest)) }
        let header = RunHeader(
            identifier: url.lastPathComponent, target: target, started: started, guests: guests,
            isDeterministic: isDeterministic, environment: environment)
        try run.write(header, to: run.url.appending(path: "run.json"))
        return run
    }

    /// Opens a run that exists.
    /// - Throws: `notARunDirectory`, or `unknownSchema` where a later drydock wrote it.
    package init(opening url: URL) throws {
        self.url = url
        let file = url.appending(path: "run.json")
        guard Files.exists(file) else { throw EvidenceError.notARunDirectory(path: url.path) }
        try Self.checkSchema(file, of: url, known: RunHeader.currentSchema)
    }

    private init(url: URL) { self.url = url }

    /// - Parameter known: the newest layout that is known of what `folder` is.
    /// - Throws: `unknownSchema` where a later drydock wrote it.
    static func checkSchema(_ file: URL, of folder: URL, known: Int) throws {
        struct Schema: Decodable { let schema: Int }
        let schema: Schema = try JSON.read(file)
        guard (1...known).contains(schema.schema) else {
            throw EvidenceError.unknownSchema(path: folder.path, found: schema.schema, known: known)
        }
    }

    /// The beginning of a folder's name: names in alphabetical order are in that of their times.
    static func stamp(_ time: Date) -> String {
        time.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
            .filter { $0.isNumber || $0 == "T" }
    }

    package func folder(of guest: GuestName) -> URL { url.appending(path: guest.path) }
    package func console(of guest: GuestName) -> URL { folder(of: guest).appending(path: "console.log") }
    /// What the probe did and heard in a deterministic guest, as it happened.
    package func trace(of guest: GuestName) -> URL { folder(of: guest).appending(path: "trace.log") }
    /// How long the host let its processors wait.
    package func scheduling(of guest: GuestName) -> URL { folder(of: guest).appending(path: Self.schedulingFile) }
    private static let schedulingFile = "scheduling.json"
    package var verdictFile: URL { url.appending(path: "verdict.json") }

    package func write(_ value: some Encodable, to file: URL) throws(FileError) {
        try JSON.write(value, to: file)
    }

    package func header() throws(FileError) -> RunHeader { try JSON.read(url.appending(path: "run.json")) }

    package func write(plan: RunPlan) throws(FileError) {
        try write(plan, to: folder(of: plan.guest).appending(path: "plan.json"))
    }

    package func write(build: BuildRecord, of guest: GuestName) throws(FileError) {
        try write(build, to: folder(of: guest).appending(path: "build.json"))
    }

    /// Nil where the run has none.
    package func build(of guest: GuestName) throws(FileError) -> BuildRecord? {
        try readIfThere("build.json", of: guest)
    }

    private func readIfThere<Value: Decodable>(_ name: String, of guest: GuestName) throws(FileError) -> Value? {
        let file = folder(of: guest).appending(path: name)
        return Files.exists(file) ? try JSON.read(file) : nil
    }

    package func write(machine: MachineRecord, of guest: GuestName) throws(FileError) {
        try write(machine, to: folder(of: guest).appending(path: "machine.json"))
    }

    /// Nil where the run has none.
    package func machine(of guest: GuestName) throws(FileError) -> MachineRecord? {
        try readIfThere("machine.json", of: guest)
    }

    package func write(boot: BootRecord, of guest: GuestName) throws(FileError) {
        try write(boot, to: folder(of: guest).appending(path: "boot.json"))
    }

    /// Makes the directories of guests that do what others left open; `add` names them once they have come to their end.
    package func prepare(_ guests: [GuestName]) throws(FileError) {
        for guest in guests { try Files.createFolder(folder(of: guest)) }
    }

    /// Adds guests to the head of the run.
    package func add(_ guests: [GuestName]) throws(FileError) {
        try write(try header().adding(guests), to: url.appending(path: "run.json"))
    }

    /// Writes all of it or nothing: half of the results must never look like all there were.
    package func write(results: ResultFiles, of guest: GuestName) throws(FileError) {
        let folder = folder(of: guest)
        switch results {
        case .read(let files):
            let draft = folder.appending(path: "results.partial")
            try Files.createFolder(draft)
            for (name, bytes) in files { try Files.write(bytes, to: draft.appending(path: name)) }
            try Files.move(draft, to: folder.appending(path: "results"))
        case .unreadable(let reason):
            try Files.write(Data(reason.utf8), to: folder.appending(path: "results.unreadable"))
        }
    }

    /// Whether the boot of `guest` came to its end and what it left was read.
    package func isFinished(_ guest: GuestName) -> Bool {
        let folder = folder(of: guest)
        func has(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        return has("boot.json") && (has("results") || has("results.unreadable"))
    }

    /// Everything the boot of `guest` left.
    /// - Throws: `unfinished` where a part that the doing half always writes is not there, `FileError` where it is garbled.
    package func evidence(of guest: GuestName) throws -> RunEvidence {
        let folder = folder(of: guest)
        for part in ["plan.json", "boot.json", "console.log"]
        where !Files.exists(folder.appending(path: part)) {
            throw EvidenceError.unfinished(path: url.path, missing: "\(guest.path)/\(part)")
        }
        let trace = trace(of: guest)
        return RunEvidence(
            plan: try JSON.read(folder.appending(path: "plan.json")),
            boot: try JSON.read(folder.appending(path: "boot.json")),
            console: String(decoding: try Files.read(console(of: guest)), as: UTF8.self),
            results: try results(of: guest),
            trace: Files.exists(trace)
                ? String(decoding: try Files.read(trace), as: UTF8.self) : nil,
            scheduling: try readIfThere(Self.schedulingFile, of: guest))
    }

    private func results(of guest: GuestName) throws -> ResultFiles {
        let folder = folder(of: guest)
        let complaint = folder.appending(path: "results.unreadable")
        if Files.exists(complaint) {
            return .unreadable(reason: String(decoding: try Files.read(complaint), as: UTF8.self))
        }
        let results = folder.appending(path: "results")
        guard Files.exists(results) else {
            throw EvidenceError.unfinished(path: url.path, missing: "\(guest.path)/results")
        }
        let names = try Files.attempt("read", results) {
            try FileManager.default.contentsOfDirectory(atPath: results.path)
        }
        var files: [String: Data] = [:]
        for name in names { files[name] = try Files.read(results.appending(path: name)) }
        return .read(files)
    }
}
