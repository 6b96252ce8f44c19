import Evidence
import Files
import Foundation

/// The results of a guest that has no disk: the archive that images/init wrote to an I/O port, file by file.
package enum PortResults {
    /// Takes what would be taken from a disk; leaves out a file that is cut off, as it does one that a guest could not
    /// flush.
    package static func read(_ archive: URL, limits: ResultsLimits = ResultsLimits()) -> ResultFiles {
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: archive)
            defer { try? handle.close() }
            bytes = try handle.read(upToCount: limits.disk + limits.files * 1024) ?? Data()
        } catch {
            return .unreadable(reason: "\(archive.path): \(error.systemReason)")
        }
        var files: [String: Data] = [:]
        var notes: [String] = []
        for member in TarArchive.members(of: bytes) {
            switch member {
            case .broken(let offset, let reason): notes.append("left out the data at byte \(offset):  \(reason)")
            case .file(let name, _) where !ResultsSelection.isAcceptable(name):
                notes.append("left out \(name.debugDescription): not the name of a result file")
            case .file(let name, let content) where content.count > limits.file:
                notes.append("left out \(name): \(content.count) bytes, the limit is \(limits.file) a file")
            case .file(let name, let content): files[name] = content
            }
        }
        if !notes.isEmpty {
            files[ResultsReader.notesName] = Data(
                notes.prefix(ResultsSelection.notesLimit).map { "\($0)\n" }.joined().utf8)
        }
        return .read(files)
    }
}
