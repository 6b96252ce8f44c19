import Files
import Foundation
import HostTools

/// A commit of a git repository, bare or with a work tree; uncommitted changes are not part of it.
struct RepositorySource {
    let folder: URL
    let ref: String

    func obtain(cache: KernelCache, onProgress: @escaping @Sendable (String) -> Void) async throws -> KernelSource {
        guard Files.exists(folder) else { throw KernelSourceError.noSuchFolder(path: folder.path) }
        guard let repository = try await Self.repository(at: folder) else {
            throw KernelSourceError.notARepository(path: folder.path)
        }
        let git = ["--git-dir=\(repository)"]
        let resolved = try await Self.git(
            git + ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(ref)^{commit}"])
        guard resolved.status == .exited(0), let commit = resolved.lines.first else {
            throw KernelSourceError.unknownRef(ref: ref, repository: folder.path, near: try await refs(near: git))
        }
        let tree = try await Self.git(git + ["rev-parse", "--verify", "\(commit)^{tree}"])
        guard tree.status == .exited(0) else {
            throw FileError("read", folder, reason: tree.tail(3))
        }
        // Two commits with one tree are one source.
        let digest = Digest(inputs: ["git tree": tree.tail(1)])
        let pristine = try await PristineTree.obtain(
            digest.short, from: "\(folder.path) at \(ref)", cache: cache, onProgress: onProgress, known: { digest },
            fill: { partial in
                onProgress("unpacking \(ref)")
                let tree = partial.appending(path: "tree")
                try Files.createFolder(tree)
                let script =
                    #"set -o pipefail; git "$0" archive --format=tar "$1" | tar --extract --directory="$2""#
                let result = try await HostTool("env", environment: ["LC_ALL": "C"]).run(
                    Self.foreign + ["bash", "-c", script, git[0], commit, tree.path])
                guard result.status == .exited(0) else {
                    throw FileError("read", folder, reason: result.tail(3))
                }
                return (digest, tree)
            })
        return try KernelSource(pristine, named: ref)
    }

    /// The repository whose top directory is `folder`; nil for a directory inside a work tree.
    static func repository(at folder: URL) async throws -> String? {
        let result = try await git([
            "-C", folder.path, "rev-parse", "--absolute-git-dir", "--show-prefix", "--is-bare-repository",
        ])
        guard result.status == .exited(0), let path = result.lines.first else {
            // Git refuses another user's repository, and says what to do about it.
            if result.output.contains("dubious ownership") {
                throw FileError("read", folder, reason: result.tail())
            }
            return nil
        }
        if result.lines.last == "true" {
            return folder.resolvingSymlinksInPath().path == URL(filePath: path).resolvingSymlinksInPath().path
                ? path : nil
        }
        return result.lines.dropFirst().first?.isEmpty == true ? path : nil
    }

    /// Whether the directory is a bare repository.
    static func isBare(_ folder: URL) async throws -> Bool {
        let parts = ["HEAD", "objects", "refs"].map { folder.appending(path: $0) }
        guard parts.allSatisfy(Files.exists) else { return false }
        return try await repository(at: folder) != nil
    }

    /// The branches and tags whose names are most like the missing one.
    private func refs(near git: [String]) async throws -> [String] {
        let all = try await Self.git(git + ["for-each-ref", "--format=%(refname:short)"]).lines
        func likeness(_ name: String) -> Int {
            let head = name.commonPrefix(with: ref).count
            let tail = zip(name.reversed(), ref.reversed()).prefix { $0 == $1 }.count
            return head + tail + (name.contains(ref) || ref.contains(name) ? ref.count : 0)
        }
        let ranked = all.map { (name: $0, likeness: likeness($0)) }.sorted { $0.likeness > $1.likeness }
        return ranked.prefix(5).map(\.name)
    }

    /// The variables that git's hooks and rebases set; they would lead git to another repository.
    private static let foreign = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"]
        .flatMap { ["--unset", $0] }

    private static func git(_ arguments: [String]) async throws -> ToolResult {
        try await HostTool("env", environment: ["LC_ALL": "C"]).run(foreign + ["git"] + arguments)
    }
}
