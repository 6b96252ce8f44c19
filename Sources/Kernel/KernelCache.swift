import Foundation

/// The folder that keeps sources and builds between runs; all of it can be made again.
///
/// Pristine sources and build trees share files by hard links, so the folder must be one file system.
package struct KernelCache: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// Archives as they were downloaded, and archives or unpacked trees that were put here by hand.
    package var sources: URL { folder.appending(path: "sources") }
    /// Unpacked sources by digest, never modified.
    var pristine: URL { folder.appending(path: "pristine") }
    /// Compiler fronts by the digest of their text.
    var toolchains: URL { folder.appending(path: "toolchains") }
    /// Build trees: `<configuration>/<subject>/`.
    var trees: URL { folder.appending(path: "trees") }
    /// Copies of the files a series touches, while it is tried out.
    var scratch: URL { folder.appending(path: "scratch") }
}
