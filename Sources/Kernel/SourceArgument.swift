import Foundation
import HostTools
import Targets

/// What `--source` names, told by its content.
package enum SourceArgument {
    /// - Parameters:
    ///   - path: a folder, a git repository, a source RPM or a tarball.
    ///   - ref: the branch, tag or commit of a repository; nil takes a bare repository's HEAD, and a folder as it is.
    /// - Throws: `KernelError.noSuchSource`, or why it is none of these.
    package static func describe(_ path: String, ref: String?) async throws -> SourceDescription {
        let file = URL(filePath: path).standardizedFileURL
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
            throw KernelError.noSuchSource(path: path)
        }
        if isFolder.boolValue {
            if let ref { return .repository(path: file.path, ref: ref) }
            return try await RepositorySource.isBare(file)
                ? .repository(path: file.path, ref: "HEAD") : .directory(file.path)
        }
        if ref != nil { throw KernelError.notARepository(path: path) }
        // By its name too: what is said about a damaged package or tarball is worth more than "unknown".
        if try await SourcePackage.isPackage(file) || file.pathExtension == "rpm" { return .sourcePackage(file.path) }
        if try await Tarball.isTarball(file) || Tarball.stem(of: file.lastPathComponent) != nil {
            return .tarball(TarballDescription(file: file.path, url: nil, sha256: nil))
        }
        throw KernelError.unknownKindOfSource(path: path)
    }
}
