import Files
import Foundation
import HostTools

/// The static programs of the guest, compiled with musl, because glibc's static programs refuse old kernels.
package struct GuestPrograms: Sendable {
    /// The path of each on the host, by its path inside the guest.
    package let files: [String: URL]
    /// Whether nothing had to be compiled.
    package let reused: Bool

    static let compiler = "musl-gcc"
    static let flags = ["-static", "-O2", "-std=gnu99", "-Wall", "-Wextra", "-Werror", "-pthread", "-s"]

    /// Compiles init and the workloads, or finds them in `cache` if they were compiled before.
    /// - Parameter images: the directory `images/` of the checkout.
    package static func build(
        workloads: [Workload], images: URL, cache: URL, onProgress: @Sendable (String) -> Void = { _ in }
    ) async throws -> GuestPrograms {
        let identity = try await identity()
        let shared = images.appending(path: "workloads/lib")
        let headers = Digest(inputs: [
            "workloads": try digest(ofSourcesIn: shared).hexadecimal,
            // The workloads include the probe's header.
            "probe": try digest(ofSourcesIn: images.appending(path: "probe")).hexadecimal,
        ])
        var files: [String: URL] = [:]
        var reused = true
        let initFolder = images.appending(path: "init")
        let programs =
            [("init", initFolder, try sources(in: initFolder))]
            + workloads.map { ("workloads/\($0.name)", $0.folder, [$0.program]) }
        for (path, folder, sources) in programs {
            let inputs = Digest(inputs: [
                "compiler": identity, "flags": flags.joined(separator: " "), "headers": headers.hexadecimal,
                "sources": try digest(ofSourcesIn: folder).hexadecimal,
            ])
            let program = cache.appending(path: "\(folder.lastPathComponent)-\(inputs.short)")
            if !SealedFile.isWhole(program) {
                reused = false
                onProgress("compiling \(folder.lastPathComponent)")
                try await compile(sources, of: folder, including: shared, to: program)
            }
            files[path] = program
        }
        return GuestPrograms(files: files, reused: reused)
    }

    /// Identifies what goes into every program besides its source: the compiler and musl.
    private static func identity() async throws -> String {
        let tool = HostTool(compiler)
        let version = try await tool.run(to: "ask \(compiler) for its version", ["--version"]).lines.first ?? ""
        let library = try await tool.run(to: "ask \(compiler) for its library", ["-print-file-name=libc.a"]).output
        return "\(version) \(try Digest(ofFile: URL(filePath: library)))"
    }

    private static func compile(
        _ sources: [URL], of folder: URL, including headers: URL, to program: URL
    ) async throws {
        try Files.createFolder(program.deletingLastPathComponent())
        let draft = program.appendingPathExtension("\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? Files.remove(draft) }
        let result = try await HostTool(compiler).run(
            flags + ["-I", headers.path, "-o", draft.path] + sources.map(\.path))
        guard result.status == .exited(0) else {
            throw ImageError.doesNotCompile(folder: folder.path, output: result.tail())
        }
        try SealedFile.put(draft, at: program)
    }

    /// The C sources directly in `folder`, sorted.
    private static func sources(in folder: URL) throws(FileError) -> [URL] {
        try names(ofSourcesIn: folder).filter { $0.hasSuffix(".c") }.map { folder.appending(path: $0) }
    }

    /// The C sources and headers directly in `folder`, and kbuild's file, sorted.
    static func names(ofSourcesIn folder: URL) throws(FileError) -> [String] {
        let names = try Files.attempt("read", folder) {
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
        }
        return names.filter { [".c", ".h"].contains(where: $0.hasSuffix) || $0 == "Kbuild" }.sorted()
    }

    /// The digest of the files that `names(ofSourcesIn:)` gives.
    static func digest(ofSourcesIn folder: URL) throws(FileError) -> Digest {
        var lines = ""
        for name in try names(ofSourcesIn: folder) {
            lines += "\(name) \(try Digest(ofFile: folder.appending(path: name)))\n"
        }
        return Digest(of: Data(lines.utf8))
    }
}
