import Evidence
import Foundation
import HostTools

/// A source that Debian packages as `/usr/src/NAME.tar.xz`, such as `linux-source-6.1`.
struct DebianPackageSource {
    let package: String

    func obtain(cache: KernelCache, onProgress: @escaping @Sendable (String) -> Void) async throws -> KernelSource {
        let archive = try await archive(in: cache, onProgress)
        onProgress("checking \(archive.lastPathComponent)")
        let digest = try DigestMemo.digest(ofArchive: archive)
        let pristine = try await PristineTree.obtain(
            digest.short, cache: cache, onProgress: onProgress, known: { digest },
            fill: { folder in
                onProgress("unpacking \(archive.lastPathComponent)")
                try await unpack(archive, into: folder)
                return digest
            })
        return try KernelSource(pristine)
    }

    /// The package, or its tarball, in the downloads; put there by hand or by an earlier run, else by this one.
    private func archive(in cache: KernelCache, _ onProgress: @escaping @Sendable (String) -> Void) async throws -> URL
    {
        if let found = find(in: cache.downloads) { return found }
        let wait = { onProgress("waiting for another drydock that downloads \(package)") }
        return try await FileLock.hold(cache.downloads.appending(path: "\(package).lock"), onWait: wait) {
            if let found = find(in: cache.downloads) { return found }
            let partial = cache.downloads.appending(path: "\(package).partial")
            try Files.remove(partial)
            try Files.createFolder(partial)
            defer { try? Files.remove(partial) }
            onProgress("downloading \(package)")
            let result = try await HostTool("apt-get").run(["download", package], in: partial)
            guard result.status == .exited(0), let deb = find(in: partial) else {
                throw KernelError.cannotDownload(
                    package: package, downloads: cache.downloads.path, output: result.tail(5))
            }
            let place = cache.downloads.appending(path: deb.lastPathComponent)
            try Files.move(deb, to: place)
            return place
        }
    }

    /// The newest package of that name in `folder`, or else a tarball.
    private func find(in folder: URL) -> URL? {
        let names = Files.names(in: folder)
        let debs = names.filter { $0.hasPrefix("\(package)_") && $0.hasSuffix(".deb") }
        let newest = debs.max { $0.compare($1, options: .numeric) == .orderedAscending }
        let tarballs = ["xz", "gz", "bz2"].map { "\(package).tar.\($0)" }
        return (newest ?? tarballs.first(where: names.contains)).map { folder.appending(path: $0) }
    }

    private func unpack(_ archive: URL, into folder: URL) async throws {
        guard archive.pathExtension == "deb" else {
            return try await unpack(tarball: archive, of: archive, into: folder)
        }
        let content = folder.deletingLastPathComponent().appending(path: "\(folder.lastPathComponent).deb")
        try Files.remove(content)
        defer { try? Files.remove(content) }
        let result = try await HostTool("dpkg-deb").run(["--extract", archive.path, content.path])
        guard result.status == .exited(0) else {
            throw KernelError.cannotUnpack(archive: archive.path, reason: result.tail(3))
        }
        let sources = content.appending(path: "usr/src")
        guard let tarball = Files.names(in: sources).first(where: { $0.hasPrefix("\(package).tar") }) else {
            throw KernelError.cannotUnpack(archive: archive.path, reason: "it holds no /usr/src/\(package).tar.xz")
        }
        try await unpack(tarball: sources.appending(path: tarball), of: archive, into: folder)
    }

    private func unpack(tarball: URL, of archive: URL, into folder: URL) async throws {
        // The tarball's one folder on top goes away; tar itself refuses names that leave the folder.
        let result = try await HostTool("tar").run(
            [
                "--extract", "--file", tarball.path, "--directory", folder.path, "--strip-components", "1",
                "--no-same-owner",
            ])
        guard result.status == .exited(0) else {
            throw KernelError.cannotUnpack(archive: archive.path, reason: result.tail(3))
        }
    }
}
