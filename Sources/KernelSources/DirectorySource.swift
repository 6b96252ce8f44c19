import Files
import Foundation
import HostTools

/// An unpacked tree of the user; it is copied, because it may change while it is tested.
struct DirectorySource {
    let folder: URL

    /// - Parameter note: see `KernelSource`.
    func obtain(
        cache: KernelCache, note: String? = nil, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> KernelSource {
        guard Files.exists(folder) else { throw KernelSourceError.noSuchFolder(path: folder.path) }
        let place = folder.standardizedFileURL
        _ = try KernelVersion(ofTree: folder)
        let name = "directory-\(Digest(of: Data(place.path.utf8)).short)"
        let memo = cache.pristine.appending(path: "\(name).digest")
        let signature = try await signature()
        let pristine = try await PristineTree.obtain(
            name, from: folder.path, cache: cache, onProgress: onProgress,
            known: { DigestMemo.recall(signature, in: memo) },
            fill: { partial in
                let copy = partial.appending(path: "tree")
                try Files.createFolder(copy)
                onProgress("copying \(folder.path)")
                try await HostTool("find").run(
                    to: "copy \(folder.path)",
                    // The slash, because the directory may be a symbolic link.
                    ["\(folder.path)/", "-mindepth", "1", "-maxdepth", "1", "!", "-name", ".git"]
                        + ["-exec", "cp", "--archive", "--reflink=auto", "--target-directory", copy.path, "{}", "+"])
                try await HostTool("chmod").run(to: "make \(copy.path) writable", ["-R", "u+w", copy.path])
                try await checkLinks(of: copy)
                try await removeGenerated(from: copy)
                onProgress("reading \(folder.path)")
                let digest = try await content(of: copy)
                try DigestMemo(signature: signature, digest: digest).keep(in: memo)
                return (digest, copy)
            })
        return try KernelSource(pristine, named: place.lastPathComponent, note: note)
    }

    /// Changes when a file is added, removed or written; costs a walk of the tree but reads no content.
    private func signature() async throws -> String {
        let walk = #"find . -path ./.git -prune -o -printf '%P %y %m %s %T@ %l\0' | sort -z | sha256sum"#
        return try await shell("look through \(folder.path)", walk, in: folder)
    }

    /// Refuses a link that leads out of the tree: a build could write to its target, and the digest would miss a change
    /// there.
    private func checkLinks(of copy: URL) async throws {
        let links = try await HostTool("find").run(
            to: "look through \(copy.path)", [copy.path, "-type", "l", "-printf", "%P\\n"])
        let top = copy.resolvingSymlinksInPath().path + "/"
        for link in links.lines where !copy.appending(path: link).resolvingSymlinksInPath().path.hasPrefix(top) {
            throw KernelSourceError.linkLeavesTree(path: folder.path, link: link)
        }
    }

    /// Removes what a configuration or a build left in the user's tree: kbuild would write into it, and so into the
    /// source.
    private func removeGenerated(from copy: URL) async throws {
        let removal = #"""
            # A generated file has its command beside it, as .NAME.cmd, or its original, as NAME_shipped.
            find . -type f -name '.*.cmd' -printf '%h/%f\0' | sed --null-data 's|/\.\([^/]*\)\.cmd$|/\1|' |
                xargs --null --no-run-if-empty rm --force
            find . -type f -name '*_shipped' -printf '%h/%f\0' | sed --null-data 's|_shipped$||' |
                xargs --null --no-run-if-empty rm --force
            find . -type f '(' -name '.*.cmd' -o -name '*.o' -o -name '*.ko' -o -name '.tmp_*' ')' -delete
            rm --recursive --force .config .config.old .version .kernelrelease include/config include/generated \
                arch/*/include/generated include/asm include/linux/autoconf.h include/linux/version.h \
                include/linux/utsrelease.h include/linux/compile.h Module.symvers System.map vmlinux
            """#
        _ = try await shell("take generated files out of \(copy.path)", removal, in: copy)
    }

    /// Names, contents, links and executable bits count; times and owners do not.
    private func content(of tree: URL) async throws -> Digest {
        let archive =
            "tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu . | sha256sum"
        return Digest(of: Data(try await shell("read \(tree.path)", archive, in: tree).utf8))
    }

    private func shell(_ act: String, _ script: String, in folder: URL) async throws -> String {
        let result = try await HostTool("bash", environment: ["LC_ALL": "C"]).run(
            to: act, ["-c", "set -e -o pipefail; \(script)"], in: folder)
        return result.tail(1)
    }
}
