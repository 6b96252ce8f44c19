import Guestfs

/// Which files of a disk's top directory are taken, and the notes about the rest.
package struct ResultsSelection: Equatable {
    package struct File: Equatable {
        package let name: String
        /// In bytes.
        package let size: Int

        package init(name: String, size: Int) {
            self.name = name
            self.size = size
        }
    }

    /// A limit, because a guest can make thousands of odd names.
    package static let notesLimit = 50

    package private(set) var files: [File] = []
    package private(set) var notes: [String] = []
    private var unlisted = 0

    /// The names that can be those of results, in order; the others are noted.
    package static func candidates(of names: [String]) -> (names: [String], notes: [String]) {
        // mke2fs makes this directory on every disk.
        let others = names.filter { $0 != "lost+found" }
        let odd = others.filter { !isAcceptable($0) }
        var notes = odd.prefix(notesLimit).map { "left out \($0.debugDescription): not the name of a result file" }
        if odd.count > notesLimit { notes.append("left out \(odd.count - notesLimit) more names like these") }
        return (others.filter(isAcceptable).sorted(), notes)
    }

    /// Whether `name` is a plain file name: `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`.
    package static func isAcceptable(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        // A guest must not write drydock's notes.
        if name == ResultsReader.notesName { return false }
        guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 128 else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) }
    }

    /// - Parameter entries: the candidates and their status, in the order in which they are to be taken.
    package init(_ entries: [(name: String, status: FileStatus?)], limits: ResultsLimits) {
        var bytes = 0
        for (name, status) in entries {
            guard let status else {
                note("\(name): its status cannot be read")
                continue
            }
            guard status.kind == .regular else {
                note("\(name): \(status.kind.rawValue), not a regular file")
                continue
            }
            guard status.size >= 0, status.size <= limits.file else {
                note("\(name): \(status.size) bytes, the limit is \(limits.file) a file")
                continue
            }
            guard bytes + Int(status.size) <= limits.disk else {
                note("\(name): \(status.size) bytes more than the \(limits.disk) taken from one disk")
                continue
            }
            guard files.count < limits.files else {
                note("\(name): the disk has more than the \(limits.files) files taken from one")
                continue
            }
            bytes += Int(status.size)
            files.append(File(name: name, size: Int(status.size)))
        }
        if unlisted > 0 { notes.append("left out \(unlisted) more files") }
    }

    private mutating func note(_ text: String) {
        if notes.count < Self.notesLimit { notes.append("left out \(text)") } else { unlisted += 1 }
    }
}
