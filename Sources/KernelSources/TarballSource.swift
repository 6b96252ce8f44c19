import Files
import Foundation
import HostTools
import Targets

/// A tree in a tarball that is given by its path, is in the cache, or can be downloaded into it.
struct TarballSource {
    let tarball: TarballDescription

    func obtain(cache: KernelCache, onProgress: @escaping @Sendable (String) -> Void) async throws -> KernelSource {
        let name = URL(filePath: tarball.file).lastPathComponent
        let wanted = tarball.sha256.flatMap { Digest(hexadecimal: $0) }
        if let wanted, let pristine = PristineTree.existing(wanted, in: cache) {
            return try KernelSource(pristine, named: name)
        }
        let file = tarball.file.hasPrefix("/") ? URL(filePath: tarball.file) : cache.sources.appending(path: name)
        if !Files.exists(file), let folder = unpackedByHand(name, in: cache) {
            let note = wanted.map { _ in
                "\(folder.lastPathComponent)/ is already unpacked: its SHA-256 cannot be checked"
            }
            return try await DirectorySource(folder: folder).obtain(cache: cache, note: note, onProgress: onProgress)
        }
        try await fetch(file, wanted, cache, onProgress)
        onProgress("checking \(name)")
        let digest = try DigestMemo.digest(of: file, keptIn: cache.pristine)
        if let wanted, digest != wanted {
            throw KernelSourceError.wrongChecksum(file: file.path, wanted: wanted, found: digest, removed: false)
        }
        let pristine = try await PristineTree.obtain(
            digest.short, from: file.path, cache: cache, onProgress: onProgress, known: { digest },
            fill: { folder in
                onProgress("unpacking \(name)")
                return (digest, try await Tarball(file).unpack(into: folder))
            })
        return try KernelSource(pristine, named: name)
    }

    /// The directory of the cache that replaces a missing tarball.
    private func unpackedByHand(_ name: String, in cache: KernelCache) -> URL? {
        guard !tarball.file.hasPrefix("/"), let stem = Tarball.stem(of: name) else { return nil }
        let folder = cache.sources.appending(path: stem)
        return Files.exists(folder) ? folder : nil
    }

    private func fetch(
        _ file: URL, _ wanted: Digest?, _ cache: KernelCache, _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws {
        guard !Files.exists(file) else { return }
        guard !tarball.file.hasPrefix("/") else { throw KernelSourceError.noSuchFile(path: file.path) }
        guard let url = tarball.url, let wanted else {
            throw KernelSourceError.notInCache(file: file.lastPathComponent, sources: cache.sources.path)
        }
        try await Download(url: url, file: file, digest: wanted).run(onProgress: onProgress)
    }
}

/// A file that curl downloads into the cache: it resumes an earlier download, and is checked before it gets its name.
private struct Download {
    let url: String
    let file: URL
    let digest: Digest

    private var name: String { file.lastPathComponent }
    private var partial: URL { file.appendingPathExtension("partial") }

    func run(onProgress: @escaping @Sendable (String) -> Void) async throws {
        let wait = { onProgress("waiting for another drydock, which downloads \(name)") }
        try await FileLock.hold(file.appendingPathExtension("lock"), onWait: wait) {
            guard !Files.exists(file) else { return }
            // An earlier drydock may have been killed between the last byte and the check.
            if try arrived() != digest { try await receive(onProgress) }
            onProgress("checking \(name)")
            guard let found = try arrived(), found == digest else {
                let found = try arrived() ?? Digest(of: Data())
                try Files.remove(partial)
                throw KernelSourceError.wrongChecksum(file: url, wanted: digest, found: found, removed: true)
            }
            try Files.move(partial, to: file)
        }
    }

    private func receive(_ onProgress: @escaping @Sendable (String) -> Void) async throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: partial.path))?[.size] as? Int ?? 0
        onProgress(size == 0 ? "downloading \(name)" : "downloading \(name), starting at byte \(size)")
        var result = try await curl()
        // 33 and 36: the server, or the protocol, cannot resume a download.
        if size > 0, [.exited(33), .exited(36)].contains(result.status) {
            try Files.remove(partial)
            onProgress("downloading \(name)")
            result = try await curl()
        }
        guard result.status == .exited(0) else {
            throw KernelSourceError.cannotFetch(
                file: name, url: url, sources: file.deletingLastPathComponent().path, output: result.tail(3))
        }
    }

    private func curl() async throws -> ToolResult {
        // Ignores the user's ~/.curlrc; gives up a connection that brings nothing for a minute.
        try await HostTool("curl").run([
            "--disable", "--fail", "--location", "--silent", "--show-error", "--retry", "2", "--connect-timeout", "30",
            "--speed-time", "60", "--continue-at", "-", "--output", partial.path, "--url", url,
        ])
    }

    private func arrived() throws -> Digest? {
        Files.exists(partial) ? try Digest(ofFile: partial) : nil
    }
}

/// A tarball with one kernel tree in it, in any compression that tar knows.
struct Tarball {
    private let file: URL
    /// The name by which the user knows the tarball, for errors.
    private let origin: URL

    /// - Parameter origin: the archive that contained the tarball, if it is not the tarball itself.
    init(_ file: URL, of origin: URL? = nil) {
        self.file = file
        self.origin = origin ?? file
    }

    /// Unpacks it and returns where in `folder` the tree is: in the one directory at the top, or at the top itself.
    func unpack(into folder: URL) async throws -> URL {
        let content = folder.appending(path: "content")
        try Files.createFolder(content)
        // Tar itself refuses names that leave the directory.
        let result = try await HostTool("tar", environment: ["LC_ALL": "C"]).run([
            "--extract", "--file", file.path, "--directory", content.path, "--no-same-owner",
        ])
        guard result.status == .exited(0) else {
            throw KernelSourceError.cannotUnpack(archive: origin.path, reason: result.tail(3))
        }
        let names = Files.names(in: content)
        if names.contains("Makefile") { return content }
        guard let top = names.first else { throw KernelSourceError.emptyArchive(archive: origin.path) }
        guard names.count == 1 else { throw KernelSourceError.severalTrees(archive: origin.path, names: names) }
        return content.appending(path: top)
    }

    /// Whether tar finds a first name in it.
    static func isTarball(_ file: URL) async throws -> Bool {
        let result = try await HostTool("bash", environment: ["LC_ALL": "C"]).run([
            "-c", #"tar --list --file "$0" 2>/dev/null | head --lines=1"#, file.path,
        ])
        return !result.lines.isEmpty
    }

    /// `linux-2.6.18` for `linux-2.6.18.tar.bz2`; nil if the name is not that of a tarball.
    static func stem(of name: String) -> String? {
        name.wholeMatch(of: /(.+)\.(?:tar(?:\.(?:bz2|xz|gz))?|tgz|txz|tbz2?)/).map { String($0.1) }
    }
}
