import Files
import Foundation
import HostTools
import KernelSources
import Patches

/// The place of one subject's build tree in the cache, and of the files that drydock keeps beside it.
///
/// A slot is used for every state of the series, so that make only does what a change requires.
struct TreeSlot: Sendable {
    let place: LinkedTree
    /// What make must be told about the source itself.
    let variables: [String]

    var folder: URL { place.folder }
    var tree: URL { place.tree }
    var vmlinux: URL { tree.appending(path: "vmlinux") }
    var config: URL { tree.appending(path: ".config") }
    /// The fragment that kconfig reads.
    var fragment: URL { folder.appending(path: "fragment") }
    /// Held while drydock, make or a program of make changes or uses the tree.
    var lock: URL { folder.appending(path: "lock") }
    var underWay: URL { place.underWay }
    var state: URL { place.state }
    /// Exists while the tree still has generated files that came with the source.
    var unclean: URL { folder.appending(path: "unclean") }
    /// The paths that may differ from the source.
    var overlay: URL { folder.appending(path: "overlay.json") }
    /// What the latest build made, with times and sizes.
    private var products: URL { folder.appending(path: "products") }
    var warnings: URL { folder.appending(path: "warnings.json") }
    /// All output of make in the latest build.
    var log: URL { folder.appending(path: "build.log") }
    /// The results of the latest builds, by digest.
    var artefacts: URL { folder.appending(path: "artefacts") }

    /// The version of what `prepare` makes from a source; to be changed with it.
    static let preparation = "4"

    /// Whether a build was cut off, so that its objects are not known, or the patched paths are not known, or vmlinux,
    /// which make would keep, is not the one that was built.
    var isUnfinished: Bool {
        if Files.exists(underWay) { return true }
        guard Files.exists(tree) else { return false }
        let state = BuildState.read(state)
        return patchedPaths == nil || (state != nil && state?.vmlinux != FileSignature(vmlinux))
    }

    private var patchedPaths: [String]? { try? JSON.read(overlay) }

    /// Begins a build: removes a tree whose build did not come to its end, or whose times make cannot use because the
    /// clock was set back, so that `prepare` starts anew.
    func begin() async throws {
        var isOfNoUse = isUnfinished
        if !isOfNoUse, Files.exists(tree) {
            isOfNoUse = try await !HostTool("find").run(
                to: "look through \(tree.path)", [tree.path, "-newermt", "now", "-print", "-quit"]
            ).lines.isEmpty
        }
        if !isOfNoUse { isOfNoUse = try await isSpoilt() }
        // The tree is removed first: as long as any of it exists, the files beside it must say what it is.
        if isOfNoUse { for file in [tree, overlay, products, warnings, log] { try Files.remove(file) } }
        try Files.write(Data(), to: underWay)
        // From here on the tree is unfinished; the state is written last.
        try Files.remove(state)
        for file in [underWay, folder] { try Files.flush(file) }
    }

    /// Ends a build; from here on its results survive a crash of the host.
    func end() async throws {
        if Files.exists(tree) { try await walkProducts(#">"$1""#) }
        try await HostTool("sync").run(to: "write \(folder.path) to the disk", ["--file-system", folder.path])
        try Files.remove(underWay)
    }

    /// Whether a build's products were changed, because make would keep them for good; it misses what `FileSignature`
    /// misses.
    func isSpoilt() async throws -> Bool {
        guard Files.exists(tree), Files.exists(products) else { return false }
        return try await walkProducts(#"| cmp --silent - "$1" || echo spoilt"#).lines.contains("spoilt")
    }

    /// Those that make looks at and that nobody else writes; a module that is built against the tree leaves files of
    /// its own.
    @discardableResult
    private func walkProducts(_ end: String) async throws -> ToolResult {
        let walk = #"""
            set -o pipefail
            export LC_ALL=C
            (cd "$0" && find . -type f -links 1 \( -name '*.[oa]' -o -path './include/*.h' \) -printf '%P\t%s %T@\0' |
                sort --zero-terminated) \#(end)
            """#
        return try await HostTool("bash").run(
            to: "look through \(tree.path)", ["-c", walk, tree.path, products.path])
    }

    /// The source's files that are no longer in the tree as they were, or as a patch made them.
    func changedSources(of source: KernelSource) async throws -> [String] {
        // A build may overwrite what came with the source.
        if Self.hasGeneratedFiles(source) { return [] }
        let patched = Set(patchedPaths ?? [])
        return try await source.differing(in: tree).filter { !patched.contains($0) && !isLinkerScript($0) }
    }

    /// Whether it is a file that `dropLinkerScripts` removed and the build makes again.
    private func isLinkerScript(_ path: String) -> Bool { Files.exists(tree.appending(path: "\(path).S")) }

    /// Makes the tree if there is none: from `base`'s with everything that was built there, or else from the source
    /// alone.
    ///
    /// Files are shared with the pristine source by hard links, because kbuild only reads them.
    func prepare(source: KernelSource, forking base: TreeSlot?) async throws {
        guard !Files.exists(tree) else { return }
        try Files.createFolder(folder)
        let partial = folder.appending(path: "tree.partial")
        try Files.remove(partial)
        do {
            try await HostTool("cp").run(
                to: "share the source with \(tree.path)", ["--archive", "--link", source.tree.path, partial.path])
            try await dropLinkerScripts(in: partial)
            try Files.remove(unclean)
            try keep([])
            if let base {
                try await takeOver(base, into: partial)
                try Files.remove(warnings)
                for (file, copy) in [(base.warnings, warnings), (base.overlay, overlay)] where Files.exists(file) {
                    try Files.write(try Files.read(file), to: copy)
                }
            } else if Self.hasGeneratedFiles(source) {
                try Files.write(Data(), to: unclean)
            }
            try Files.move(partial, to: tree)
        } catch {
            try? Files.remove(partial)
            throw error
        }
    }

    /// Removes linker scripts that were made from a NAME.lds.S and came with the source, because no `make clean` of
    /// these trees knows all of them.
    private func dropLinkerScripts(in tree: URL) async throws {
        try await HostTool("find").run(
            to: "look through \(tree.path)",
            [
                tree.path, "-name", "*.lds.S", "-exec", "sh", "-c", #"for file; do rm -f "${file%.S}"; done"#, "sh",
                "{}", "+",
            ])
    }

    /// Whether a build, or an attempt at one, left something in the source: kbuild would write to it, or trust it.
    private static func hasGeneratedFiles(_ source: KernelSource) -> Bool {
        let signs = [
            ".config", ".version", "Module.symvers", "System.map", "vmlinux", "include/asm", "include/config",
            "include/generated", "include/linux/autoconf.h", "include/linux/version.h", "scripts/basic/fixdep",
            "scripts/kconfig/conf",
        ]
        return signs.contains { sign in
            // Not `fileExists`, because that follows a symbolic link, and its target may not exist.
            (try? FileManager.default.attributesOfItem(atPath: source.tree.appending(path: sign).path)) != nil
        }
    }

    /// Removes generated files; only the links go, and the pristine source keeps its files.
    func clean(_ make: Make) async throws {
        let result = try await make.run(["mrproper"])
        guard result.status == .exited(0) else {
            throw BuildError.cannotClean(tree: tree.path, output: result.tail())
        }
        try Files.remove(unclean)
    }

    /// Copies what the build of `base` made, with modification times (those files have one link only), and removes what
    /// `base` does not have because it was cleaned.
    private func takeOver(_ base: TreeSlot, into tree: URL) async throws {
        let copy = #"""
            set -o pipefail
            export LC_ALL=C
            find . ! -type d -links 1 -print0 |
                xargs --null --no-run-if-empty cp --archive --remove-destination --parents --target-directory="$0"
            comm -z -13 <(find . ! -type d -print0 | sort -z) <(cd "$0" && find . ! -type d -print0 | sort -z) |
                (cd "$0" && xargs --null --no-run-if-empty rm --)
            """#
        try await HostTool("bash").run(
            to: "copy what was built in \(base.tree.path)", ["-c", copy, tree.path], in: base.tree)
        // Objtool's makefiles keep absolute names in the commands that they compare, and all objects depend on objtool.
        let commands = try await HostTool("grep").run(
            [
                "--recursive", "--files-with-matches", "--fixed-strings", "--include=.*.cmd", "\(base.tree.path)/",
                tree.path,
            ])
        for file in commands.lines.map({ URL(filePath: $0) }) {
            let text = String(decoding: try Files.read(file), as: UTF8.self)
            try Files.write(Data(text.replacing("\(base.tree.path)/", with: "\(self.tree.path)/").utf8), to: file)
        }
    }

    /// Brings the tree to the state that `files` describe relative to the source, writing only what differs.
    ///
    /// A path that returns to the source's content becomes a new copy, not a link, because a link's old modification
    /// time would hide the change from make. The same is done to files that were edited in the tree or removed from it.
    func patch(_ files: [String: TreeFile], source: KernelSource) async throws {
        var paths = Set(patchedPaths ?? []).union(files.keys)
        // A build that overwrites what came with the source would do so again each time.
        if !Self.hasGeneratedFiles(source) {
            paths.formUnion(try await source.differing(in: tree).filter { !isLinkerScript($0) })
        }
        // First, so that a run that is cut off leaves no unknown path.
        try keep(paths)
        for path in paths.sorted() {
            let file = tree.appending(path: path)
            let wanted = try files[path] ?? TreeFile(at: source.tree.appending(path: path))
            if try TreeFile(at: file) != wanted { try wanted.replace(file) }
        }
        try keep(Set(files.keys))
    }

    private func keep(_ paths: Set<String>) throws {
        try JSON.write(paths.sorted(), to: overlay)
    }
}
