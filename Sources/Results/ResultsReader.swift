import Evidence
import Files
import Foundation
import Guestfs
import Synchronization

/// Reads the files from guests' disks, read-only, in one launch of the appliance.
package struct ResultsReader: Sendable {
    /// A file that is added if something on a disk was left out; it says what and why, one per line.
    package static let notesName = "drydock.notes"

    private let appliance: Appliance
    private let limits: ResultsLimits
    private let onProgress: @Sendable (String) -> Void

    /// - Parameter cacheFolder: keeps the built appliance for the next drydock.
    package init(
        cacheFolder: URL, forceTCG: Bool, limits: ResultsLimits = ResultsLimits(),
        onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        appliance = Appliance(cacheFolder: cacheFolder, forceTCG: forceTCG)
        self.limits = limits
        self.onProgress = onProgress
    }

    /// The version of the libguestfs that drydock runs with: "1.48.6".
    package static func libraryVersion() throws -> String { try Guestfs.create().version() }

    /// The files of each disk, in the order of `disks`; a disk that cannot be read does not affect the others.
    ///
    /// If an appliance dies while it reads a disk, another is launched for the disks that follow.
    /// - Throws: `ResultsError`, or `CancellationError`.
    package func read(disks: [URL]) async throws -> [ResultFiles] {
        let results = Mutex([Int: ResultFiles]())
        for (index, disk) in disks.enumerated() {
            if let reason = Self.objection(to: disk) { results.withLock { $0[index] = .unreadable(reason: reason) } }
        }
        // Each round reads, or gives up, at least one disk.
        while true {
            let waiting = results.withLock { done in disks.indices.filter { done[$0] == nil } }
            if waiting.isEmpty { break }
            for (index, files) in try await readRound(waiting.map { ($0, disks[$0]) }) {
                results.withLock { $0[index] = files }
            }
        }
        return results.withLock { done in disks.indices.compactMap { done[$0] } }
    }

    /// Why libguestfs would not accept `disk`, because one such drive would keep the appliance from starting; nil if it
    /// would.
    private static func objection(to disk: URL) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: disk.path, isDirectory: &isFolder) else {
            return "cannot read \(disk.path): there is no such file"
        }
        if isFolder.boolValue { return "cannot read \(disk.path): it is a folder, not a disk image" }
        let isReadable = FileManager.default.isReadableFile(atPath: disk.path)
        return isReadable ? nil : "cannot read \(disk.path): permission denied"
    }

    /// The disks that one appliance read before it ended; the last is the one at which it died.
    private func readRound(_ disks: [(index: Int, image: URL)]) async throws -> [(Int, ResultFiles)] {
        let drives = disks.map { Drive(image: $0.image, isReadOnly: true) }
        let limits = limits
        let onProgress = onProgress
        return try await appliance.converse(drives: drives, onProgress: onProgress) { guestfs in
            let devices = try guestfs.devices()
            guard devices.count == disks.count else {
                throw GuestfsError(
                    act: "read", value: "\(disks.count) disks", message: "the appliance sees drives \(devices)")
            }
            var results: [(Int, ResultFiles)] = []
            for (disk, device) in zip(disks, devices) {
                onProgress("reading \(disk.image.lastPathComponent)")
                let files = Self.files(of: device, image: disk.image, guestfs, limits)
                results.append((disk.index, files))
                guard guestfs.isReady else { return results }
            }
            try guestfs.shutDown()
            return results
        }
    }

    private static func files(
        of device: String, image: URL, _ guestfs: borrowing Guestfs, _ limits: ResultsLimits
    ) -> ResultFiles {
        do {
            try guestfs.mountReadOnly(device, at: "/")
            let files = try take(guestfs, limits)
            try guestfs.unmountAll()
            return .read(files)
        } catch {
            // The next disk needs the mount point, whether or not this one was read.
            try? guestfs.unmountAll()
            return .unreadable(reason: "\(image.path): \(error)")
        }
    }

    private static func take(
        _ guestfs: borrowing Guestfs, _ limits: ResultsLimits
    ) throws(GuestfsError) -> [String: Data] {
        let candidates = ResultsSelection.candidates(of: try guestfs.names(in: "/"))
        let statuses = try guestfs.status(of: candidates.names, in: "/")
        let selection = ResultsSelection(Array(zip(candidates.names, statuses)), limits: limits)
        var notes = candidates.notes + selection.notes
        var files: [String: Data] = [:]
        for file in selection.files {
            do {
                let content = try guestfs.read("/\(file.name)", count: file.size)
                if content.count == file.size {
                    files[file.name] = content
                } else {
                    notes.append("left out \(file.name): \(content.count) of \(file.size) bytes could be read")
                }
            } catch {
                guard guestfs.isReady else { throw error }
                notes.append("left out \(file.name): \(error.message)")
            }
        }
        if !notes.isEmpty { files[notesName] = Data(notes.map { "\($0)\n" }.joined().utf8) }
        return files
    }
}

/// A raw disk image for the launch of an appliance.
struct Drive: Sendable {
    let image: URL
    let isReadOnly: Bool
}

/// How much is taken from one disk, because a guest must not fill the host's.
package struct ResultsLimits: Sendable {
    /// In bytes.
    package var file = 2 << 20
    /// In bytes, all files together.
    package var disk = 32 << 20
    package var files = 1000

    package init() {}
}

/// The results could not be read from a disk, or a disk for them could not be made.
package enum ResultsError: Error, Equatable, CustomStringConvertible {
    /// libguestfs is not on this host, or not in its known form.
    case noApplianceParts(searchPath: String)
    /// The disk or the appliance's parts could not be made.
    case file(FileError)
    /// The appliance was not launched, or failed; the message is the library's.
    case appliance(GuestfsError)

    package var description: String {
        switch self {
        case .noApplianceParts(let searchPath):
            "cannot find libguestfs's appliance: no supermin.d in \(searchPath); `make setup` installs libguestfs"
        case .file(let error): "\(error)"
        case .appliance(let error): "\(error)"
        }
    }
}

extension ResultsError {
    /// Runs `body` on `url`; if it fails, the error says what could not be done.
    static func step(_ act: String, _ url: URL, _ body: () throws -> Void) throws(ResultsError) {
        do {
            try Files.attempt(act, url, body)
        } catch {
            throw .file(error)
        }
    }
}
