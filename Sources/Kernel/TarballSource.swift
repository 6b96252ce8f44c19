import Evidence
import Files
import Foundation
import Targets

/// A tree in a tarball that lies somewhere, lies in the cache, or can be downloaded into it.
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
            let note = wanted.map { _ in "\(folder.lastPathComponent)/ came unpacked: its SHA-256 cannot be checked" }
            return try await DirectorySource(folder: folder).obtain(cache: cache, note: note, onProgress: onProgress)
        }
        try await fetch(file, wanted, cache, onProgress)
        onProgress("checking \(name)")
        let digest = try DigestMemo.digest(of: file, keptIn: cache.pristine)
        if let wanted, digest != wanted {
            throw KernelError.wrongChecksum(file: file.path, wanted: wanted, found: digest, removed: false)
        }
        let pristine = try await PristineTree.obtain(
            digest.short, from: file.path, cache: cache, onProgress: onProgress, known: { digest },
            fill: { folder in
                onProgress("unpacking \(name)")
                return (digest, try await Tarball(file).unpack(into: folder))
            })
        return try KernelSource(pristine, named: name)
    }

    /// The folder of the cache that stands for a tarball which is not there.
    private func unpackedByHand(_ name: String, in cache: KernelCache) -> URL? {
        guard !tarball.file.hasPrefix("/"), let stem = Tarball.stem(of: name) else { return nil }
        let folder = cache.sources.appending(path: stem)
        return Files.exists(folder) ? folder : nil
    }

    private func fetch(
        _ file: URL, _ wanted: Digest?, _ cache: KernelCache, _ onProgress: @escaping @Sendable (String) -> Void
    ) async throws {
        guard !Files.exists(file) else { return }
        guard !tarball.file.hasPrefix("/") else { throw KernelError.noSuchFile(path: file.path) }
        guard let url = tarball.url, let wanted else {
            throw KernelError.notInCache(file: file.lastPathComponent, sources: cache.sources.path)
        }
        try await Download(url: url, file: file, digest: wanted).run(onProgress: onProgress)
    }
}
