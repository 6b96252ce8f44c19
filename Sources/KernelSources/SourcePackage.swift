import Files
import Foundation
import HostTools

/// A vendor's source RPM: a tarball, patches, and the spec that says which of them to apply and how.
struct SourcePackage {
    let file: URL

    func obtain(cache: KernelCache, onProgress: @escaping @Sendable (String) -> Void) async throws -> KernelSource {
        let release = try await release()
        onProgress("checking \(file.lastPathComponent)")
        let archive = try DigestMemo.digest(of: file, keptIn: cache.pristine)
        let macros = SpecPreparation.macros(for: release)
        // The same package, prepared in another way, is another source.
        let digest = Digest(inputs: ["package": archive.hexadecimal, "macros": macros.joined(separator: "\n")])
        let pristine = try await PristineTree.obtain(
            digest.short, from: file.path, cache: cache, onProgress: onProgress, known: { digest },
            fill: { folder in
                onProgress("unpacking \(file.lastPathComponent)")
                let spec = try await unpack(into: folder)
                let preparation = SpecPreparation(package: file, spec: spec, macros: macros, folder: folder)
                return (digest, try await preparation.run(onProgress: onProgress))
            })
        return try KernelSource(pristine, named: release)
    }

    /// Whether rpm recognises the file as one of its own.
    static func isPackage(_ file: URL) async throws -> Bool { try await header(of: file).status == .exited(0) }

    /// Such as `2.6.18-128.el5`.
    private func release() async throws -> String {
        let header = try await Self.header(of: file)
        let words = header.lines.last { $0.hasPrefix("drydock ") }?.split(separator: " ").map(String.init) ?? []
        guard header.status == .exited(0), words.count == 5 else {
            throw KernelSourceError.cannotUnpack(
                archive: file.path, reason: header.lines.isEmpty ? "rpm finds no package in it" : header.tail(3))
        }
        guard words[1] == "1" else {
            throw KernelSourceError.notASourcePackage(path: file.path, name: words[3], source: words[4])
        }
        return words[2]
    }

    private static func header(of file: URL) async throws -> ToolResult {
        // Without the host's database of packages and keys, because the host may not have one.
        try await HostTool("rpm", environment: ["LC_ALL": "C"]).run([
            "--query", "--package", "--nomanifest", "--nosignature", "--nodigest", "--queryformat",
            #"drydock %{SOURCEPACKAGE} %{VERSION}-%{RELEASE} %{NVRA} %{SOURCERPM}\n"#, file.path,
        ])
    }

    /// Puts the spec and everything it names into the directories in which rpmbuild looks for them.
    private func unpack(into folder: URL) async throws -> URL {
        let database = folder.appending(path: "database")
        let check = try await HostTool("rpmkeys", environment: ["LC_ALL": "C"]).run([
            "--dbpath", database.path, "--checksig", "--nosignature", file.path,
        ])
        guard check.status == .exited(0) else {
            throw KernelSourceError.cannotUnpack(archive: file.path, reason: "it is damaged: \(check.tail(1))")
        }
        let sources = folder.appending(path: "SOURCES")
        try Files.createFolder(sources)
        let script = #"""
            set -o pipefail
            rpm2cpio "$0" | cpio --extract --make-directories --no-absolute-filenames --quiet
            """#
        let result = try await HostTool("bash", environment: ["LC_ALL": "C"]).run(
            ["-c", script, file.path], in: sources)
        guard result.status == .exited(0) else {
            throw KernelSourceError.cannotUnpack(archive: file.path, reason: result.tail(3))
        }
        guard let name = Files.names(in: sources).first(where: { $0.hasSuffix(".spec") }) else {
            throw KernelSourceError.cannotUnpack(archive: file.path, reason: "it has no spec")
        }
        let spec = folder.appending(path: "SPECS/\(name)")
        try Files.createFolder(spec.deletingLastPathComponent())
        try Files.move(sources.appending(path: name), to: spec)
        return spec
    }
}
