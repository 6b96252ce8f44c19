import Foundation

/// File operations whose errors name the file and the system's message.
package enum Files {
    package static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    /// - Parameter andThoseAbove: false if the directory must be new.
    package static func createFolder(_ folder: URL, andThoseAbove: Bool = true) throws(FileError) {
        try attempt("write", folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: andThoseAbove)
        }
    }

    /// Whether it is a file, and not a directory, a symbolic link or a device.
    package static func isRegular(_ file: URL) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: file.path))?[.type] as? FileAttributeType == .typeRegular
    }

    package static func isFolder(_ file: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Makes a new, empty directory in `parent`; its name begins with `name`, and nobody else has it.
    package static func createTemporary(in parent: URL, named name: String) throws(FileError) -> URL {
        var template = Array(parent.appending(path: "\(name)-XXXXXX").path.utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError("write", parent, number: errno) }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        return URL(filePath: path, directoryHint: .isDirectory)
    }

    /// In bytes; nil if there is no such file.
    package static func size(_ file: URL) -> Int? {
        ((try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? NSNumber)?.intValue
    }

    package static func read(_ file: URL) throws(FileError) -> Data {
        try attempt("read", file) { try Data(contentsOf: file) }
    }

    /// Replaces the file in one step: readers see the old content or the new.
    package static func write(_ content: Data, to file: URL) throws(FileError) {
        try createFolder(file.deletingLastPathComponent())
        try attempt("write", file) { try content.write(to: file, options: .atomic) }
    }

    /// Waits until a file's bytes, or a directory's names, are on the disk.
    package static func flush(_ file: URL) throws(FileError) {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("write", file, number: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("write", file, number: errno) }
    }

    /// Removes a file or a whole directory; it need not exist.
    package static func remove(_ file: URL) throws(FileError) {
        // Not `fileExists`, because that follows a symbolic link, and its target may not exist.
        guard (try? FileManager.default.attributesOfItem(atPath: file.path)) != nil else { return }
        try attempt("write", file) { try FileManager.default.removeItem(at: file) }
    }

    /// Moves a file or a directory to a path that does not exist yet.
    package static func move(_ file: URL, to destination: URL) throws(FileError) {
        try attempt("write", destination) { try FileManager.default.moveItem(at: file, to: destination) }
    }

    /// Replaces `file` by `draft` in one step; `file` need not exist.
    package static func replace(_ file: URL, with draft: URL) throws(FileError) {
        guard rename(draft.path, file.path) == 0 else { throw FileError("write", file, number: errno) }
    }

    package static func copy(_ file: URL, to destination: URL) throws(FileError) {
        try createFolder(destination.deletingLastPathComponent())
        try attempt("write", destination) { try FileManager.default.copyItem(at: file, to: destination) }
    }

    /// The names in a directory, sorted; none if it does not exist.
    package static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    /// The text of the files under a directory whose names end in `ending`, sorted by path.
    package static func texts(under folder: URL, endingIn ending: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().compactMap {
            (try? Data(contentsOf: folder.appending(path: $0))).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Runs `body` on `file`; an error of `body` becomes a `FileError` with the system's reason.
    package static func attempt<Value>(
        _ act: String, _ file: URL, _ body: () throws -> Value
    ) throws(FileError) -> Value {
        do {
            return try body()
        } catch {
            throw FileError(act, file, because: error)
        }
    }
}
