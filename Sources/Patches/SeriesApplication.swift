import Evidence
import Files
import Foundation

/// A series that applies to one source, and the files that result, kept until a build tree takes them.
package struct SeriesApplication: Sendable {
    /// Of the source it was applied to.
    package let source: Digest
    /// One for each patch of the toolchain, in order; none is rejected.
    package let toolchain: [PatchOutcome]
    /// One for each patch of the series, in order; none is rejected.
    package let outcomes: [PatchOutcome]
    /// The paths whose content differs from the source's, and their content now.
    package let files: [String: TreeFile]
    /// The patches that were applied, those of the toolchain first.
    package let patches: [KeptPatch]

    init(
        source: Digest, toolchain: [PatchOutcome], outcomes: [PatchOutcome], files: [String: TreeFile],
        patches: [KeptPatch]
    ) {
        self.source = source
        self.patches = patches
        self.toolchain = toolchain
        self.outcomes = outcomes
        self.files = files
    }

    /// The paths whose content the patches change, sorted.
    package var touchedFiles: [String] { files.keys.sorted() }

    /// The digest of what the patches do to the source: it does not change if only a patch's description does.
    package var digest: Digest { Self.digest(files) }

    package static func digest(_ files: [String: TreeFile]) -> Digest {
        Digest(
            of: .init(files.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value.fingerprint)\n" }.joined().utf8))
    }
}

/// The content of one path of a tree.
package enum TreeFile: Sendable, Equatable {
    case absent
    case file(content: Data, executable: Bool)

    /// Anything but a regular file counts as absent, because patches change regular files only.
    /// - Throws: `FileError` if the system cannot say whether the file exists.
    package init(at file: URL) throws(FileError) {
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

    /// Writes this into a build tree as a new file, because the old one may be shared with the pristine source.
    package func replace(_ file: URL) throws(FileError) {
        try Files.remove(file)
        guard case .file(let content, let executable) = self else { return }
        try Files.createFolder(file.deletingLastPathComponent())
        try Files.attempt("write", file) {
            try content.write(to: file)
            try FileManager.default.setAttributes(
                [.posixPermissions: executable ? 0o755 : 0o644], ofItemAtPath: file.path)
        }
    }

    /// One word that distinguishes two values.
    var fingerprint: String {
        switch self {
        case .absent: "absent"
        case .file(let content, let executable): "\(executable ? "x" : "-")\(Digest(of: content))"
        }
    }
}
