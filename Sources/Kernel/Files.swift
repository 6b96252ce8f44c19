import Evidence
import Foundation

/// File operations whose errors name the file and what the system said.
enum Files {
    static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    static func createFolder(_ folder: URL) throws(KernelError) {
        try writing(folder) { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    }

    static func read(_ file: URL) throws(KernelError) -> Data {
        do {
            return try Data(contentsOf: file)
        } catch {
            throw .unreadable(path: file.path, reason: error.systemReason)
        }
    }

    /// Replaces the file at once: readers see the old content or the new.
    static func write(_ content: Data, to file: URL) throws(KernelError) {
        try createFolder(file.deletingLastPathComponent())
        try writing(file) { try content.write(to: file, options: .atomic) }
    }

    /// Waits until a file's bytes, or a folder's names, are on the disk.
    static func flush(_ file: URL) throws(KernelError) { try writing(file) { try SealedFile.flush(file) } }

    /// Removes a file or a whole folder, whether it exists or not.
    static func remove(_ file: URL) throws(KernelError) {
        // Not `fileExists`, which follows a symbolic link to nowhere.
        guard (try? FileManager.default.attributesOfItem(atPath: file.path)) != nil else { return }
        try writing(file) { try FileManager.default.removeItem(at: file) }
    }

    static func move(_ file: URL, to destination: URL) throws(KernelError) {
        try writing(destination) { try FileManager.default.moveItem(at: file, to: destination) }
    }

    static func copy(_ file: URL, to destination: URL) throws(KernelError) {
        try createFolder(destination.deletingLastPathComponent())
        try writing(destination) { try FileManager.default.copyItem(at: file, to: destination) }
    }

    /// The names in a folder, sorted; none where it does not exist.
    static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    static func writing(_ file: URL, _ act: () throws -> Void) throws(KernelError) {
        do {
            try act()
        } catch {
            throw .unwritable(path: file.path, reason: error.systemReason)
        }
    }
}
