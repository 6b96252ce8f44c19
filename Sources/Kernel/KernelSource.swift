import Evidence
import Foundation
import Targets

/// A kernel's source, unpacked once and never modified.
package struct KernelSource: Sendable {
    /// Of the archive's bytes, or of a folder's content.
    package let digest: Digest
    /// The top of the unpacked tree; read only.
    package let tree: URL
    /// From the top Makefile, such as `6.1.192` or `2.6.18-238.el5`.
    package let version: String

    init(_ pristine: PristineTree) throws(KernelError) {
        digest = pristine.digest
        tree = pristine.folder
        version = try KernelVersion(ofTree: pristine.folder).text
    }

    /// Finds, downloads or copies a source, and unpacks it where that was not done before.
    package static func obtain(
        _ description: SourceDescription, cache: KernelCache,
        onProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> KernelSource {
        switch description {
        case .debianPackage(let name):
            try await DebianPackageSource(package: name).obtain(cache: cache, onProgress: onProgress)
        case .directory(let path):
            try await DirectorySource(folder: URL(filePath: path)).obtain(cache: cache, onProgress: onProgress)
        }
    }
}
