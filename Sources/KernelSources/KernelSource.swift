import Evidence
import Files
import Foundation
import Targets

/// A kernel's source, unpacked once and never modified.
package struct KernelSource: Sendable {
    /// Of the archive's bytes, of a commit's tree, or of a directory's content.
    package let digest: Digest
    /// The top directory of the unpacked tree; read only.
    package let tree: URL
    /// From the top Makefile, such as `6.1.192` or `2.6.18-238.el5`.
    package let version: String
    /// The rest of the version, which make must be given because the Makefile does not have it.
    package let extraVersion: String?
    /// Whether it was unpacked before.
    package let reused: Bool
    /// What a user should know about this source, such as that its checksum cannot be checked.
    package let note: String?
    /// What the user gave, in words.
    private(set) var given = ""

    /// - Parameter name: see `KernelVersion`.
    init(_ pristine: PristineTree, named name: String, note: String? = nil) throws {
        digest = pristine.digest
        tree = pristine.folder
        let version = try KernelVersion(ofTree: pristine.folder, named: name)
        self.version = version.text
        extraVersion = version.extra
        reused = pristine.reused
        self.note = note
    }

    /// Covers all that a build takes from the source.
    package var identity: String { digest.hexadecimal + (extraVersion ?? "") }

    /// For the records of a run.
    package var record: SourceRecord { SourceRecord(given: given, digest: digest, version: version) }

    /// Finds, downloads or copies a source, and unpacks it if that was not done before.
    package static func obtain(
        _ description: SourceDescription, cache: KernelCache,
        onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> KernelSource {
        var source = try await unpack(description, cache, onProgress)
        source.given = description.words
        return source
    }

    private static func unpack(
        _ description: SourceDescription, _ cache: KernelCache, _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> KernelSource {
        switch description {
        case .debianPackage(let name):
            try await DebianPackageSource(package: name).obtain(cache: cache, onProgress: onProgress)
        case .directory(let path):
            try await DirectorySource(folder: URL(filePath: path)).obtain(cache: cache, onProgress: onProgress)
        case .tarball(let tarball):
            try await TarballSource(tarball: tarball).obtain(cache: cache, onProgress: onProgress)
        case .sourcePackage(let path):
            try await SourcePackage(file: URL(filePath: path)).obtain(cache: cache, onProgress: onProgress)
        case .repository(let path, let ref):
            try await RepositorySource(folder: URL(filePath: path), ref: ref).obtain(
                cache: cache, onProgress: onProgress)
        case .given(let wanted): throw KernelSourceError.noSourceGiven(wanted: wanted)
        }
    }
}

extension KernelSource {
    /// The kind of source that `--source` names, decided by its content.
    /// - Parameters:
    ///   - path: a directory, a git repository, a source RPM or a tarball.
    ///   - ref: the branch, tag or commit of a repository; nil takes a bare repository's HEAD, and a directory as it
    ///     is.
    /// - Throws: `KernelSourceError.noSuchSource`, or why it is none of these.
    package static func describe(_ path: String, ref: String?) async throws -> SourceDescription {
        let file = URL(filePath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
            throw KernelSourceError.noSuchSource(path: path)
        }
        if isFolder.boolValue {
            if let ref { return .repository(path: file.path, ref: ref) }
            return try await RepositorySource.isBare(file)
                ? .repository(path: file.path, ref: "HEAD") : .directory(file.path)
        }
        if ref != nil { throw KernelSourceError.notARepository(path: path) }
        // By its name too, because the message about a damaged package or tarball says more than "unknown".
        if try await SourcePackage.isPackage(file) || file.pathExtension == "rpm" { return .sourcePackage(file.path) }
        if try await Tarball.isTarball(file) || Tarball.stem(of: file.lastPathComponent) != nil {
            return .tarball(TarballDescription(file: file.path, url: nil, sha256: nil))
        }
        throw KernelSourceError.unknownKindOfSource(path: path)
    }
}
