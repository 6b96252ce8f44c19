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

/// Tar archives (POSIX ustar): of one executable file, for supermin, and those that a guest writes byte by byte.
package enum TarArchive {
    /// - Parameter name: at most 100 bytes.
    package static func holding(_ content: Data, named name: String) -> Data {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(name, at: 0)
        put(octal(0o755, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(content.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        // The checksum counts its own field as spaces.
        put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\u{0} ", at: 148)
        let padding = (512 - content.count % 512) % 512 + 1024
        return Data(header) + content + Data(count: padding)
    }

    /// A member of an archive, or what is wrong with one that is not whole.
    enum Member: Equatable {
        case file(name: String, content: Data)
        /// The archive ends within the member, or the data at `offset` is not a header.
        case broken(offset: Int, reason: String)
    }

    /// The regular files of `archive`, as far as it can be read; only the last member may be broken.
    static func members(of archive: Data) -> [Member] {
        let bytes = [UInt8](archive)
        var members: [Member] = []
        var offset = 0
        while offset < bytes.count {
            guard offset + 512 <= bytes.count else {
                return members + [.broken(offset: offset, reason: "its header is cut off")]
            }
            let header = bytes[offset..<offset + 512]
            func field(_ start: Int, _ length: Int) -> String {
                String(decoding: header[offset + start..<offset + start + length].prefix { $0 != 0 }, as: UTF8.self)
            }
            let sum = header.reduce(0) { $0 + Int($1) } - header[offset + 148..<offset + 156].reduce(0) { $0 + Int($1) }
            guard let stated = Int(field(148, 6), radix: 8), stated == sum + 8 * 32,
                let size = Int(field(124, 11), radix: 8)
            else { return members + [.broken(offset: offset, reason: "no tar header")] }
            let begin = offset + 512
            guard begin + size <= bytes.count else {
                return members + [.broken(offset: offset, reason: "\(field(0, 100)) is cut off")]
            }
            members.append(.file(name: field(0, 100), content: Data(bytes[begin..<begin + size])))
            offset = begin + (size + 511) / 512 * 512
        }
        return members
    }
}
