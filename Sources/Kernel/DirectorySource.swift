import Evidence
import Foundation
import HostTools

/// An unpacked tree of the user's own; it is copied, because it may change while it is tested.
struct DirectorySource {
    let folder: URL

    func obtain(cache: KernelCache, onProgress: @escaping @Sendable (String) -> Void) async throws -> KernelSource {
        guard Files.exists(folder) else { throw KernelError.noSuchFolder(path: folder.path) }
        _ = try KernelVersion(ofTree: folder)
        let name = "directory-\(Digest(of: Data(folder.standardizedFileURL.path.utf8)).short)"
        let memo = cache.pristine.appending(path: "\(name).digest")
        let signature = try await signature()
        let pristine = try await PristineTree.obtain(
            name, cache: cache, onProgress: onProgress, known: { DigestMemo.recall(signature, in: memo) },
            fill: { copy in
                onProgress("copying \(folder.path)")
                try await HostTool("find").run(
                    to: "copy \(folder.path)",
                    [folder.path, "-mindepth", "1", "-maxdepth", "1", "!", "-name", ".git"]
                        + ["-exec", "cp", "--archive", "--reflink=auto", "--target-directory", copy.path, "{}", "+"])
                onProgress("reading \(folder.path)")
                let digest = try await content(of: copy)
                try DigestMemo(signature: signature, digest: digest).keep(in: memo)
                return digest
            })
        return try KernelSource(pristine)
    }

    /// Changes when a file is added, removed or written; costs a walk but reads no content.
    private func signature() async throws -> String {
        let walk = #"find . -path ./.git -prune -o -printf '%P %y %m %s %T@ %l\0' | sort -z | sha256sum"#
        return try await shell("look through \(folder.path)", walk, in: folder)
    }

    /// Names, contents, links and executable bits count; times and owners do not.
    private func content(of tree: URL) async throws -> Digest {
        let archive =
            "tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu . | sha256sum"
        return Digest(of: Data(try await shell("read \(tree.path)", archive, in: tree).utf8))
    }

    private func shell(_ act: String, _ pipeline: String, in folder: URL) async throws -> String {
        let result = try await HostTool("bash", environment: ["LC_ALL": "C"]).run(
            to: act, ["-c", "set -o pipefail; \(pipeline)"], in: folder)
        return result.tail(1)
    }
}
