import Files
import Foundation
import HostTools

/// What an unpacked source was when it was unpacked: the kind, mode, size, time and link of each of its files.
///
/// Build trees share its files by hard links, so that whatever writes into one of them, at whatever time, may write into
/// it and into all others. Read only they cannot be made, for root may write all the same, and not every file system can
/// share without links. A change that sets a file's size and its time back, to the nanosecond, is missed.
struct PristineManifest {
    let tree: URL

    private var file: URL { tree.appendingPathExtension("manifest") }

    /// It is there, as it was written.
    var isWhole: Bool { SealedFile.isWhole(file) }

    /// A walk of the tree `$0`: its folders have times that say nothing.
    private static let walk = #"(cd "$0" && find . ! -type d -printf '%P\t%y %m %s %T@ %l\0' | sort --zero-terminated)"#

    /// Writes down what lies in `folder`, which is to become `tree`.
    func write(_ folder: URL) async throws {
        let draft = file.appendingPathExtension("partial")
        defer { try? Files.remove(draft) }
        try await run("look through \(folder.path)", #"\#(Self.walk) >"$1""#, folder, draft)
        // The files before the word that they are whole.
        try await HostTool("sync").run(
            to: "write \(folder.path) to the disk", ["--file-system", draft.path])
        try SealedFile.put(draft, at: file)
    }

    /// The files that were changed, added or removed since, sorted.
    private func changes() async throws -> [String] {
        guard Files.exists(tree) else { return ["all of it"] }
        guard isWhole else { return [file.lastPathComponent] }
        // The second column of comm is indented.
        return Set(
            try await list(
                "check \(tree.path)", #"\#(Self.walk) | comm -z -3 - "$1" | sed -z 's/^\t//' | cut -z -f 1"#, tree)
        ).sorted()
    }

    /// The files of the source that a tree made of it has not, or has with another size, time or mode.
    func differing(in copy: URL) async throws -> [String] {
        try await list("look through \(copy.path)", #"\#(Self.walk) | comm -z -1 -3 - "$1" | cut -z -f 1"#, copy)
    }

    /// The names that `script` prints, each ended by a NUL. What bash itself says among them is none: it complains of a host
    /// that lets it make no process at once, and tries again.
    private func list(_ act: String, _ script: String, _ folder: URL) async throws -> [String] {
        let mark = "name:"
        return try await run(act, #"\#(script) | sed -z 's/^/\#(mark)/' | tr '\n\0' '?\n'"#, folder, file).lines
            .filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    /// - Throws: what `error` makes of the files that were changed, after dropping the spoilt source and the trees that
    ///   share such a file.
    func check(_ cache: KernelCache, orThrow error: ([String]) -> KernelSourceError) async throws {
        let changes = try await changes()
        guard !changes.isEmpty else { return }
        for copy in trees(of: cache, sharing: changes) { try copy.spoil() }
        try Files.remove(file)
        // Another drydock may unpack it again meanwhile: what is removed has another name by then.
        let spoilt = tree.appendingPathExtension("spoilt-\(getpid())")
        try? Files.move(tree, to: spoilt)
        try Files.remove(spoilt)
        throw error(Array(changes.prefix(10)))
    }

    /// The trees of every configuration that have a file of `paths` in common with the source.
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
    /// - Throws: `KernelSourceError.pristineChanged`, after dropping what was spoilt.
    package func check(_ cache: KernelCache) async throws {
        try await PristineManifest(tree: tree).check(cache) { .pristineChanged(pristine: tree.path, files: $0) }
    }

    /// - Throws: `KernelSourceError.pristineModified` if a build wrote to it, after dropping what was spoilt.
    package func checkAfterBuild(_ cache: KernelCache) async throws {
        try await PristineManifest(tree: tree).check(cache) { .pristineModified(pristine: tree.path, files: $0) }
    }

    /// The files of the source that a tree made of it has not, or has with another size, time or mode.
    package func differing(in copy: URL) async throws -> [String] {
        try await PristineManifest(tree: tree).differing(in: copy)
    }
}
