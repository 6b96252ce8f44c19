import Files
import Foundation

/// The directory that keeps sources and builds between runs; all of it can be made again.
///
/// Pristine sources and build trees share files by hard links, so the directory must be on one file system.
package struct KernelCache: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// Archives that were downloaded, and archives or unpacked trees that the user put here.
    package var sources: URL { folder.appending(path: "sources") }
    /// Unpacked sources by digest, never modified.
    var pristine: URL { folder.appending(path: "pristine") }
    /// Build trees: `<configuration>/<subject>/`.
    package var trees: URL { folder.appending(path: "trees") }

    /// The build trees of all configurations.
    var linkedTrees: [LinkedTree] {
        Files.names(in: trees).flatMap { key in
            Files.names(in: trees.appending(path: key)).map {
                LinkedTree(folder: trees.appending(path: "\(key)/\($0)"))
            }
        }
    }
}

/// A build tree in the cache, as far as it shares files with its source by hard links.
package struct LinkedTree: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    package var tree: URL { folder.appending(path: "tree") }
    /// Exists during a build, and after one that did not come to its end.
    package var underWay: URL { folder.appending(path: "under-way") }
    /// What is built; written last.
    package var state: URL { folder.appending(path: "build.json") }

    /// Makes the next build start the tree anew; it does not remove the tree, because another drydock may use it and
    /// does that under the tree's lock.
    func spoil() throws(FileError) {
        try Files.write(Data(), to: underWay)
        try Files.remove(state)
    }
}
