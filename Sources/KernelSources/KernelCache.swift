import Files
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

/// A build tree in the cache as far as its source is concerned, with which it shares files by hard links.
package struct LinkedTree: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    package var tree: URL { folder.appending(path: "tree") }
    /// There while a build is under way, and after one that did not come to its end.
    package var underWay: URL { folder.appending(path: "under-way") }
    /// What is built, written last.
    package var state: URL { folder.appending(path: "build.json") }

    /// Makes the next build begin the tree anew. It is not removed: somebody may be at work there, and does this under
    /// the tree's lock.
    func spoil() throws(FileError) {
        try Files.write(Data(), to: underWay)
        try Files.remove(state)
    }
}
