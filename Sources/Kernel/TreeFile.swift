import Evidence
import Files
import Foundation

/// What one path of a tree holds.
enum TreeFile: Sendable, Equatable {
    case absent
    case file(content: Data, executable: Bool)

    /// Anything but a regular file counts as absent: patches change regular files only.
    /// - Throws: `FileError` where nobody can say whether the file is there.
    init(at file: URL) throws(FileError) {
        var status = stat()
        if lstat(file.path, &status) != 0 {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw FileError("read", file, number: errno)
            }
            self = .absent
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            self = .absent
            return
        }
        self = .file(content: try Files.read(file), executable: status.st_mode & 0o100 != 0)
    }

    /// Puts this into a build tree as a file of its own: what stood there may be shared with the pristine source.
    func replace(_ file: URL) throws(FileError) {
        try Files.remove(file)
        guard case .file(let content, let executable) = self else { return }
        try Files.createFolder(file.deletingLastPathComponent())
        try Files.attempt("write", file) {
            try content.write(to: file)
            try FileManager.default.setAttributes(
                [.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: file.path)
        }
    }

    /// One word that tells two values apart.
    var fingerprint: String {
        switch self {
        case .absent: "absent"
        case .file(let content, let executable): "\(executable ? "x" : "-")\(Digest(of: content))"
        }
    }
}
