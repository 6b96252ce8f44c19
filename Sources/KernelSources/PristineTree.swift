import Files
import Foundation
import HostTools

/// An unpacked source in the cache; always whole, because it gets its name only when it is complete.
struct PristineTree {
    let digest: Digest
    let folder: URL
    /// Whether it was unpacked before.
    let reused: Bool

    private init(_ digest: Digest, in cache: KernelCache, reused: Bool) {
        self.digest = digest
        self.reused = reused
        folder = cache.pristine.appending(path: digest.short)
    }

    /// The tree of that digest, if it was unpacked before and its manifest is whole.
    static func existing(_ digest: Digest, in cache: KernelCache) -> PristineTree? {
        let tree = PristineTree(digest, in: cache, reused: true)
        return Files.exists(tree.folder) && PristineManifest(tree: tree.folder).isWhole ? tree : nil
    }

    /// The tree that `known` finds, or else the one that `fill` makes; waits for another drydock that does the same.
    /// - Parameters:
    ///   - name: of the work, for its lock and its directory.
    ///   - origin: what the user gave, for errors.
    ///   - fill: works in an empty directory, which is removed afterwards, and returns where in it the tree is.
    static func obtain(
        _ name: String, from origin: String, cache: KernelCache, onProgress: @Sendable (String) -> Void,
        known: () throws -> Digest?, fill: (URL) async throws -> (digest: Digest, tree: URL)
    ) async throws -> PristineTree {
        func existing() throws -> PristineTree? { try known().flatMap { Self.existing($0, in: cache) } }
        if let tree = try existing() { return tree }
        let wait = { onProgress("waiting for another drydock, which unpacks \(name)") }
        return try await FileLock.hold(cache.pristine.appending(path: "\(name).lock"), onWait: wait) {
            if let tree = try existing() { return tree }
            let partial = cache.pristine.appending(path: "\(name).partial")
            try Files.remove(partial)
            try Files.createFolder(partial)
            defer { try? Files.remove(partial) }
            let (digest, unpacked) = try await fill(partial)
            _ = try KernelVersion(ofTree: unpacked, from: origin)
            try await settleTimes(of: unpacked)
            let tree = PristineTree(digest, in: cache, reused: false)
            if let tree = Self.existing(digest, in: cache) { return tree }
            try Files.remove(tree.folder)
            try await PristineManifest(tree: tree.folder).write(unpacked)
            try Files.move(unpacked, to: tree.folder)
            return tree
        }
    }

    /// Gives files with a time in the future the present time: make would take them for changed for ever, and
    /// what a build makes would look older than they are.
    private static func settleTimes(of tree: URL) async throws {
        try await HostTool("find").run(
            to: "look through \(tree.path)",
            [tree.path, "-newermt", "now", "-exec", "touch", "--no-dereference", "{}", "+"])
    }
}
