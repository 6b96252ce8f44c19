import Evidence
import Foundation
import HostTools

/// An unpacked source in the cache: whole, because it is renamed into its place only when it is.
struct PristineTree {
    let digest: Digest
    let folder: URL

    private init(_ digest: Digest, in cache: KernelCache) {
        self.digest = digest
        folder = cache.pristine.appending(path: digest.short)
    }

    /// The tree `known` tells of, or else the one that `fill` makes; another drydock at the same work is waited for.
    /// - Parameters:
    ///   - name: of the work, for its lock and its folder.
    ///   - fill: puts the tree's files into an empty folder and says their digest.
    static func obtain(
        _ name: String, cache: KernelCache, onProgress: @Sendable (String) -> Void,
        known: () throws -> Digest?, fill: (URL) async throws -> Digest
    ) async throws -> PristineTree {
        func existing() throws -> PristineTree? {
            guard let digest = try known() else { return nil }
            let tree = PristineTree(digest, in: cache)
            return Files.exists(tree.folder) ? tree : nil
        }
        if let tree = try existing() { return tree }
        let wait = { onProgress("waiting for another drydock that unpacks \(name)") }
        return try await FileLock.hold(cache.pristine.appending(path: "\(name).lock"), onWait: wait) {
            if let tree = try existing() { return tree }
            let partial = cache.pristine.appending(path: "\(name).partial")
            try Files.remove(partial)
            try Files.createFolder(partial)
            defer { try? Files.remove(partial) }
            let tree = PristineTree(try await fill(partial), in: cache)
            _ = try KernelVersion(ofTree: partial)
            try await settleTimes(of: partial)
            if !Files.exists(tree.folder) { try Files.move(partial, to: tree.folder) }
            return tree
        }
    }

    /// Where this host's clock is behind the source's files, they become as old as now: make takes files of the
    /// future for changed for ever, and a build could not be told from them by its times.
    private static func settleTimes(of tree: URL) async throws {
        try await HostTool("find").run(
            to: "look through \(tree.path)",
            [tree.path, "-newermt", "now", "-exec", "touch", "--no-dereference", "{}", "+"])
    }
}
