import Files
import Foundation

/// The directory of one guest in a run; the only place with the names of its files.
package struct GuestFolder: Sendable, Equatable {
    /// What a guest's directory may have; `docs/run-directory.md` has a line for each.
    package enum File: String, CaseIterable, Sendable {
        case plan = "plan.json"
        case build = "build.json"
        case boot = "boot.json"
        case scheduling = "scheduling.json"
        case console = "console.log"
        /// The probe's events in a deterministic guest, in order.
        case trace = "trace.log"
        /// A directory: the files of the results disk.
        case results
        case unreadableResults = "results.unreadable"
        /// The disk itself, until it has been read.
        case disk = "results.img"
        /// The same of a deterministic guest, which has no disk: what it wrote to a port.
        case archive = "results.tar"
        case machine = "machine.json"
        case image = "image.json"
        case domain = "domain.xml"
        case kernel = "bzImage"
        case initramfs = "initramfs.cpio"
        case configuration = "config"
        case symbols = "System.map"
        case script = "reproduce.sh"
    }

    package let run: RunDirectory
    package let guest: GuestName

    package var url: URL { run.url.appending(path: guest.path) }

    package subscript(_ file: File) -> URL { url.appending(path: file.rawValue) }

    private func has(_ file: File) -> Bool { Files.exists(self[file]) }

    private func part(_ file: File) -> EvidenceFile {
        EvidenceFile(folder: run.url, path: "\(guest.path)/\(file.rawValue)")
    }

    private func read<Value: Decodable>(_ file: File) throws -> Value { try part(file).read() }

    private func readIfThere<Value: Decodable>(_ file: File) throws -> Value? { has(file) ? try read(file) : nil }

    package func create() throws(FileError) { try Files.createFolder(url) }

    /// Writes a file that has no function of its own.
    package func write(_ value: some Encodable, as file: File) throws(FileError) {
        try JSON.write(value, to: self[file])
    }

    package func write(plan: BootPlan) throws(FileError) { try write(plan, as: .plan) }

    package func write(build: BuildRecord) throws(FileError) { try write(build, as: .build) }

    /// Nil if the run has none.
    package func build() throws -> BuildRecord? { try readIfThere(.build) }

    package func write(machine: MachineRecord) throws(FileError) { try write(machine, as: .machine) }

    /// Nil if the run has none.
    package func machine() throws -> MachineRecord? { try readIfThere(.machine) }

    package func write(boot: BootRecord) throws(FileError) { try write(boot, as: .boot) }

    /// Writes all results or nothing: a part of them must never look complete.
    package func write(results: ResultFiles) throws(FileError) {
        switch results {
        case .read(let files):
            let draft = url.appending(path: "\(File.results.rawValue).partial")
            try Files.createFolder(draft)
            for (name, bytes) in files { try Files.write(bytes, to: draft.appending(path: name)) }
            try Files.move(draft, to: self[.results])
        case .unreadable(let reason): try Files.write(Data(reason.utf8), to: self[.unreadableResults])
        }
    }

    /// Whether the boot came to its end and its results were read.
    package var isFinished: Bool { has(.boot) && (has(.results) || has(.unreadableResults)) }

    /// Everything that the boot left.
    /// - Throws: `EvidenceError.unfinished` if a part is missing that every boot writes, `FileError` if one is garbled.
    package func evidence() throws -> BootEvidence {
        for part in [File.plan, .boot, .console] where !has(part) {
            throw EvidenceError.unfinished(path: run.url.path, missing: "\(guest.path)/\(part.rawValue)")
        }
        let plan: BootPlan = try read(.plan)
        let results = try results()
        try check(plan, results)
        let boot: BootRecord = try read(.boot)
        let scheduling: SchedulingRecord? = try readIfThere(.scheduling)
        for (file, fault) in [(File.boot, boot.fault), (.scheduling, scheduling?.fault(of: boot.seconds))] {
            guard let fault else { continue }
            throw EvidenceError.damaged(path: run.url.path, what: "\(part(file).path) says that \(fault)")
        }
        return BootEvidence(
            plan: plan, boot: boot, console: try text(.console), results: results,
            trace: has(.trace) ? try text(.trace) : nil, scheduling: scheduling)
    }

    /// Refuses a plan or results that belong elsewhere.
    private func check(_ plan: BootPlan, _ results: ResultFiles) throws {
        let file = "\(guest.path)/\(File.plan.rawValue)"
        guard plan.guest == guest else {
            throw EvidenceError.damaged(path: run.url.path, what: "\(file) is the plan of the guest \(plan.guest)")
        }
        guard case .read(let files) = results else { return }
        let planned = Set(plan.workloads.indices.map { plan.resultName($0 + 1) })
        let other = files.keys.sorted().first { name in
            guard let stem = [".ktap", ".status"].first(where: name.hasSuffix).map({ name.dropLast($0.count) }),
                stem.first?.isNumber == true
            else { return false }
            return !planned.contains(String(stem))
        }
        if let other {
            throw EvidenceError.damaged(
                path: run.url.path,
                what: "\(guest.path)/\(File.results.rawValue) has \(other), which \(file) does not plan")
        }
    }

    /// The largest file that is read; the guest is stopped long before its console has that much.
    private static let largest = 64 << 20
    private static let mostLines = 2_000_000

    private func text(_ file: File) throws -> String {
        let bytes = Files.size(try part(file).url) ?? 0
        guard bytes <= Self.largest else {
            throw EvidenceError.tooLarge(path: self[file].path, bytes: bytes, limit: Self.largest)
        }
        let data = try Files.read(self[file])
        let lines = data.count { $0 == UInt8(ascii: "\n") }
        guard lines <= Self.mostLines else {
            throw EvidenceError.tooLong(path: self[file].path, lines: lines, limit: Self.mostLines)
        }
        return String(decoding: data, as: UTF8.self)
    }

    private func results() throws -> ResultFiles {
        if has(.unreadableResults) { return .unreadable(reason: try text(.unreadableResults)) }
        let results = self[.results]
        guard has(.results) else {
            throw EvidenceError.unfinished(path: run.url.path, missing: "\(guest.path)/\(File.results.rawValue)")
        }
        guard Files.isFolder(results) else {
            throw EvidenceError.damaged(path: run.url.path, what: "\(part(.results).path) is not a directory")
        }
        let names = try Files.attempt("read", results) {
            try FileManager.default.contentsOfDirectory(atPath: results.path)
        }
        var files: [String: Data] = [:]
        for name in names {
            let file = results.appending(path: name)
            // Init writes nothing else; a disk may have a lost+found.
            guard Files.isRegular(file) else { continue }
            let bytes = Files.size(file) ?? 0
            guard bytes <= Self.largest else {
                throw EvidenceError.tooLarge(path: file.path, bytes: bytes, limit: Self.largest)
            }
            files[name] = try Files.read(file)
        }
        return .read(files)
    }
}
