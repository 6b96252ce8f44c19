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
    ) throws(EvidenceError) -> RunDirectory {
        let url = parent.appending(path: "\(stamp(started))-\(target)", directoryHint: .isDirectory)
        return try create(
            at: url, target: target, started: started, guests: guests, isDeterministic: isDeterministic,
            environment: environment)
    }

    /// Makes one in a place that is not taken yet.
    package static func create(
        at url: URL, target: String, started: Date, guests: [GuestName], isDeterministic: Bool = false,
        environment: [String: String]
    ) throws(EvidenceError) -> RunDirectory {
        let run = RunDirectory(url: url)
        try EvidenceFile.makeFolder(url.deletingLastPathComponent())
        // Not with those above it: a run that exists already is somebody else's.
        try EvidenceFile.makeFolder(url, andThoseAbove: false)
        for guest in guests { try EvidenceFile.makeFolder(run.folder(of: guest)) }
        let header = RunHeader(
            identifier: url.lastPathComponent, target: target, started: started, guests: guests,
            isDeterministic: isDeterministic, environment: environment)
        try run.write(header, to: run.url.appending(path: "run.json"))
        return run
    }

    /// Opens a run that exists.
    /// - Throws: `notARunDirectory`, or `unknownSchema` where a later drydock wrote it.
    package init(opening url: URL) throws(EvidenceError) {
        self.url = url
        let file = url.appending(path: "run.json")
        guard FileManager.default.fileExists(atPath: file.path) else { throw .notARunDirectory(path: url.path) }
        try EvidenceFile.checkSchema(file, of: url, known: RunHeader.currentSchema)
    }

    private init(url: URL) { self.url = url }

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

    package func write(_ value: some Encodable, to file: URL) throws(EvidenceError) {
        try EvidenceFile.write(value, to: file)
    }

    package func header() throws(EvidenceError) -> RunHeader { try EvidenceFile.read(url.appending(path: "run.json")) }

    package func write(plan: RunPlan) throws(EvidenceError) {
        try write(plan, to: folder(of: plan.guest).appending(path: "plan.json"))
    }

    package func write(build: BuildRecord, of guest: GuestName) throws(EvidenceError) {
        try write(build, to: folder(of: guest).appending(path: "build.json"))
    }

    /// Nil where the run has none.
    package func build(of guest: GuestName) throws(EvidenceError) -> BuildRecord? {
        try readIfThere("build.json", of: guest)
    }

    private func readIfThere<Value: Decodable>(_ name: String, of guest: GuestName) throws(EvidenceError) -> Value? {
        let file = folder(of: guest).appending(path: name)
        return FileManager.default.fileExists(atPath: file.path) ? try EvidenceFile.read(file) : nil
    }

    package func write(machine: MachineRecord, of guest: GuestName) throws(EvidenceError) {
        try write(machine, to: folder(of: guest).appending(path: "machine.json"))
    }

    /// Nil where the run has none.
    package func machine(of guest: GuestName) throws(EvidenceError) -> MachineRecord? {
        try readIfThere("machine.json", of: guest)
    }

    package func write(boot: BootRecord, of guest: GuestName) throws(EvidenceError) {
        try write(boot, to: folder(of: guest).appending(path: "boot.json"))
    }

    /// Makes the directories of guests that do what others left open; `add` names them once they have come to their end.
    package func prepare(_ guests: [GuestName]) throws(EvidenceError) {
        for guest in guests { try EvidenceFile.makeFolder(folder(of: guest)) }
    }

    /// Adds guests to the head of the run.
    package func add(_ guests: [GuestName]) throws(EvidenceError) {
        try write(try header().adding(guests), to: url.appending(path: "run.json"))
    }

    /// Writes all of it or nothing: half of the results must never look like all there were.
    package func write(results: ResultFiles, of guest: GuestName) throws(EvidenceError) {
        let folder = folder(of: guest)
        switch results {
        case .read(let files):
            let draft = folder.appending(path: "results.partial")
            try EvidenceFile.makeFolder(draft)
            for (name, bytes) in files { try EvidenceFile.write(bytes: bytes, to: draft.appending(path: name)) }
            let place = folder.appending(path: "results")
            do {
                try FileManager.default.moveItem(at: draft, to: place)
            } catch {
                throw .unwritable(path: place.path, reason: error.systemReason)
            }
        case .unreadable(let reason):
            try EvidenceFile.write(bytes: Data(reason.utf8), to: folder.appending(path: "results.unreadable"))
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
    /// - Throws: `unfinished` where a part that the doing half always writes is not there, `unreadable` where it is garbled.
    package func evidence(of guest: GuestName) throws(EvidenceError) -> RunEvidence {
        let folder = folder(of: guest)
        for part in ["plan.json", "boot.json", "console.log"]
        where !FileManager.default.fileExists(atPath: folder.appending(path: part).path) {
            throw .unfinished(path: url.path, missing: "\(guest.path)/\(part)")
        }
        let trace = trace(of: guest)
        return RunEvidence(
            plan: try EvidenceFile.read(folder.appending(path: "plan.json")),
            boot: try EvidenceFile.read(folder.appending(path: "boot.json")),
            console: String(decoding: try EvidenceFile.bytes(of: console(of: guest)), as: UTF8.self),
            results: try results(of: guest),
            trace: FileManager.default.fileExists(atPath: trace.path)
                ? String(decoding: try EvidenceFile.bytes(of: trace), as: UTF8.self) : nil,
            scheduling: try readIfThere(Self.schedulingFile, of: guest))
    }

    private func results(of guest: GuestName) throws(EvidenceError) -> ResultFiles {
        let folder = folder(of: guest)
        let complaint = folder.appending(path: "results.unreadable")
        if FileManager.default.fileExists(atPath: complaint.path) {
            return .unreadable(reason: String(decoding: try EvidenceFile.bytes(of: complaint), as: UTF8.self))
        }
        let results = folder.appending(path: "results")
        guard FileManager.default.fileExists(atPath: results.path) else {
            throw .unfinished(path: url.path, missing: "\(guest.path)/results")
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: results.path)
        } catch {
            throw .unreadable(path: results.path, reason: error.systemReason)
        }
        var files: [String: Data] = [:]
        for name in names { files[name] = try EvidenceFile.bytes(of: results.appending(path: name)) }
        return .read(files)
    }
}
