import Files
import Foundation
import HostTools

/// The kind, mode, size, time and link of each file of a source, as they were when it was unpacked.
///
/// Build trees share the source's files by hard links, so whatever writes into one of them may write into the source
/// and into all others. They cannot be made read only, because root may write all the same, and not every file system
/// can share blocks without links. A change that sets a file's size and time back, to the nanosecond, is missed.
struct PristineManifest {
    let tree: URL

    private var file: URL { tree.appendingPathExtension("manifest") }

    /// It exists and is as it was written.
    var isWhole: Bool { SealedFile.isWhole(file) }

    /// A walk of the tree `$0`, without directories, because their times say nothing.
    private static let walk = #"(cd "$0" && find . ! -type d -printf '%P\t%y %m %s %T@ %l\0' | sort --zero-terminated)"#

    /// Writes the manifest of `folder`, which will become `tree`.
    func write(_ folder: URL) async throws {
        let draft = file.appendingPathExtension("partial")
        defer { try? Files.remove(draft) }
        try await run("look through \(folder.path)", #"\#(Self.walk) >"$1""#, folder, draft)
        // Writes the files to the disk before the statement that they are whole.
        try await HostTool("sync").run(
            to: "write \(folder.path) to the disk", ["--file-system", draft.path])
        try SealedFile.put(draft, at: file)
    }

    /// The files that were changed, added or removed since, sorted.
    private func changes() async throws -> [String] {
        guard Files.exists(tree) else { return ["all of it"] }
        guard isWhole else { return [file.lastPathComponent] }
        // comm indents its second column.
        return Set(
            try await list(
                "check \(tree.path)", #"\#(Self.walk) | comm -z -3 - "$1" | sed -z 's/^\t//' | cut -z -f 1"#, tree)
        ).sorted()
    }

    /// The source's files that are missing in a tree made from it, or have another size, time or mode there.
    func differing(in copy: URL) async throws -> [String] {
        try await list("look through \(copy.path)", #"\#(Self.walk) | comm -z -1 -3 - "$1" | cut -z -f 1"#, copy)
    }

    /// The names that `script` prints, each ended by a NUL; bash's own messages are left out, such as those of a host
    /// that is short of processes.
    private func list(_ act: String, _ script: String, _ folder: URL) async throws -> [String] {
        let mark = "name:"
        return try await run(act, #"\#(script) | sed -z 's/^/\#(mark)/' | tr '\n\0' '?\n'"#, folder, file).lines
            .filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    /// - Throws: what `error` makes of the changed files, after removing the changed source and the trees that share
    ///   such a file.
    func check(_ cache: KernelCache, orThrow error: ([String]) -> KernelSourceError) async throws {
        let changes = try await changes()
        guard !changes.isEmpty else { return }
        for copy in trees(of: cache, sharing: changes) { try copy.spoil() }
        try Files.remove(file)
        // Another drydock may unpack it again meanwhile, so it gets another name before it is removed.
        let spoilt = tree.appendingPathExtension("spoilt-\(getpid())")
        try? Files.move(tree, to: spoilt)
        try Files.remove(spoilt)
        throw error(Array(changes.prefix(10)))
    }

    /// The trees of every configuration that share a file of `paths` with the source.
    private func trees(of cache: KernelCache, sharing paths: [String]) -> [LinkedTree] {
        func inode(_ tree: URL, _ path: String) -> Int? {
            let attributes = try? FileManager.default.attributesOfItem(atPath: tree.appending(path: path).path)
            return attributes?[.systemFileNumber] as? Int
        }
        let shared = paths.compactMap { path in inode(tree, path).map { (path, $0) } }
        return cache.linkedTrees.filter { copy in shared.contains { path, number in inode(copy.tree, path) == number } }
    }

    @discardableResult
    private func run(_ act: String, _ script: String, _ folder: URL, _ other: URL) async throws -> ToolResult {
        try await HostTool("bash", environment: ["LC_ALL": "C"]).run(
            to: act, ["-c", "set -o pipefail; \(script)", folder.path, other.path])
    }
}

extension KernelSource {
    /// - Throws: `KernelSourceError.pristineChanged`, after removing the changed source and the trees that share it.
    package func check(_ cache: KernelCache) async throws {
        try await PristineManifest(tree: tree).check(cache) { .pristineChanged(pristine: tree.path, files: $0) }
    }

    /// - Throws: `KernelSourceError.pristineModified` if a build wrote to it, after removing it and the trees that
    ///   share it.
    package func checkAfterBuild(_ cache: KernelCache) async throws {
        try await PristineManifest(tree: tree).check(cache) { .pristineModified(pristine: tree.path, files: $0) }
    }

    /// The source's files that are missing in a tree made from it, or have another size, time or mode there.
    package func differing(in copy: URL) async throws -> [String] {
        try await PristineManifest(tree: tree).differing(in: copy)
    }
}
