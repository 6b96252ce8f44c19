import Files
import Foundation
import HostTools

/// A source that Debian packages as `/usr/src/NAME.tar.xz`, such as `linux-source-6.1`.
struct DebianPackageSource {
    let package: String

    func obtain(cache: KernelCache, onProgress: @escaping @Sendable (String) -> Void) async throws -> KernelSource {
        let archive = try await archive(in: cache, onProgress)
        onProgress("checking \(archive.lastPathComponent)")
        let digest = try DigestMemo.digest(of: archive, keptIn: cache.pristine)
        let pristine = try await PristineTree.obtain(
            digest.short, from: archive.path, cache: cache, onProgress: onProgress, known: { digest },
            fill: { folder in
                onProgress("unpacking \(archive.lastPathComponent)")
                return (digest, try await unpack(archive, into: folder))
            })
        return try KernelSource(pristine, named: archive.lastPathComponent)
    }

    /// The package or its tarball in the cache; downloaded if neither is there yet.
    private func archive(in cache: KernelCache, _ onProgress: @escaping @Sendable (String) -> Void) async throws -> URL
    {
        if let found = find(in: cache.sources) { return found }
        let wait = { onProgress("waiting for another drydock, which downloads \(package)") }
        return try await FileLock.hold(cache.sources.appending(path: "\(package).lock"), onWait: wait) {
            if let found = find(in: cache.sources) { return found }
            let partial = cache.sources.appending(path: "\(package).partial")
            try Files.remove(partial)
            try Files.createFolder(partial)
            defer { try? Files.remove(partial) }
            onProgress("downloading \(package)")
            let result = try await HostTool("apt-get").run(["download", package], in: partial)
            guard result.status == .exited(0), let deb = find(in: partial) else {
                throw KernelSourceError.cannotDownload(
                    package: package, sources: cache.sources.path, output: result.tail(5))
            }
            let place = cache.sources.appending(path: deb.lastPathComponent)
            try Files.move(deb, to: place)
            return place
        }
    }

    /// The newest package of that name in `folder`; if there is none, the tarball.
    private func find(in folder: URL) -> URL? {
        let names = Files.names(in: folder)
        let debs = names.filter { $0.hasPrefix("\(package)_") && $0.hasSuffix(".deb") }
        let newest = debs.max { $0.compare($1, options: .numeric) == .orderedAscending }
        let tarballs = ["xz", "gz", "bz2"].map { "\(package).tar.\($0)" }
        return (newest ?? tarballs.first(where: names.contains)).map { folder.appending(path: $0) }
    }

    /// The unpacked tree, inside `folder`.
    private func unpack(_ archive: URL, into folder: URL) async throws -> URL {
        guard archive.pathExtension == "deb" else { return try await Tarball(archive).unpack(into: folder) }
        let content = folder.appending(path: "deb")
        let result = try await HostTool("dpkg-deb").run(["--extract", archive.path, content.path])
        guard result.status == .exited(0) else {
            throw KernelSourceError.cannotUnpack(archive: archive.path, reason: result.tail(3))
        }
        let sources = content.appending(path: "usr/src")
        guard let tarball = Files.names(in: sources).first(where: { $0.hasPrefix("\(package).tar") }) else {
            throw KernelSourceError.cannotUnpack(
                archive: archive.path, reason: "it has no /usr/src/\(package).tar.xz")
        }
        return try await Tarball(sources.appending(path: tarball), of: archive).unpack(into: folder)
    }
}
