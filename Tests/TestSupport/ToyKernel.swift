import Build
import Evidence
import Foundation
import HostTools
import KernelSources
import Patches
import Synchronization
import Targets

/// A directory with a copy of the toy tree, a target that describes it, a series and a cache; removed with its owner.
package final class ToyKernel: Sendable {
    package let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "drydock-kernel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let fixture = Bundle.module.bundleURL.appending(path: "Fixtures/toy-kernel")
        try FileManager.default.copyItem(at: fixture, to: tree)
        try write("# nothing\n", to: "kernel-patches/toy/series")
        try write("CONFIG_SMP=y\nCONFIG_NR_CPUS=8\n", to: "kernel-patches/toy/config")
        try describe(fragments: ["config"])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The source, as a user would give it.
    package var tree: URL { folder.appending(path: "toy") }
    package var cache: KernelCache { KernelCache(folder: folder.appending(path: "cache")) }
    package var seriesFile: URL { folder.appending(path: "kernel-patches/toy/series") }

    /// The names among the unpacked sources, without locks, digests and manifests; whole ones are hexadecimal.
    package var leftovers: [String] {
        let pristine = cache.folder.appending(path: "pristine")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: pristine.path)) ?? []
        return names.filter { name in
            ![".lock", ".digest", ".manifest", ".manifest.sha256"].contains(where: name.hasSuffix)
        }
    }

    /// Makes the tree's Makefile one that a vendor's `%prep` has left.
    package func placeholder(major: String? = nil, sublevel: String = "6.1.7") throws {
        let numbers = sublevel.split(separator: ".")
        let head =
            "VERSION = \(numbers[0])\nPATCHLEVEL = \(numbers[1])\nSUBLEVEL = \(numbers[2])\nEXTRAVERSION = -prep\n"
        let rest = try text("toy/Makefile").replacing(
            /(?m)^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) = .*\n/, with: "")
        try write(head + (major.map { "RHEL_MAJOR = \($0)\n" } ?? "") + rest, to: "toy/Makefile")
    }

    package func describe(fragments: [String], compiler: String = "gcc") throws {
        let yaml = """
            source: { directory: \(tree.path) }
            toolchain: { make-arguments: ["CC=\(compiler)"] }
            configuration: { fragments: [\(fragments.joined(separator: ", "))] }
            """
        try write(yaml, to: "kernel-patches/toy/target.yaml")
    }

    package func write(_ text: String, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    package func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    package func source() async throws -> KernelSource { try await .obtain(.directory(tree.path), cache: cache) }

    package func target() throws -> Target {
        try TargetCatalogue(folder: folder.appending(path: "kernel-patches")).load("toy")
    }

    package func builder() async throws -> KernelBuilder {
        let target = try target()
        return try KernelBuilder(
            cache: cache, source: try await source(), target: target,
            toolchain: try await .find(target, cache: cache))
    }

    /// Writes the patches beside the series file and names them in it, in order.
    package func series(_ patches: KeyValuePairs<String, String>) throws -> PatchSeries {
        for (name, text) in patches { try write(text, to: "kernel-patches/toy/\(name)") }
        try write(patches.map { "\($0.key)\n" }.joined(), to: "kernel-patches/toy/series")
        return try PatchSeries(file: seriesFile)
    }

    package func rehearse(_ patches: KeyValuePairs<String, String>) async throws -> SeriesRehearsal {
        try await SeriesRehearsal(of: try series(patches), on: try await source(), cache: cache)
    }

    /// What the rehearsal of one patch came to.
    package func outcome(of patch: String) async throws -> PatchOutcome.Application? {
        try await rehearse(["one.patch": patch]).outcomes.first?.application
    }

    /// A unified diff of a file of the tree, from one text to another.
    package func patch(_ path: String, _ old: String, _ new: String) async throws -> String {
        try write(old, to: "diff/old")
        try write(new, to: "diff/new")
        let result = try await HostTool("diff").run(
            ["-u", "--label", "a/\(path)", "--label", "b/\(path)", "old", "new"], in: folder.appending(path: "diff"))
        return result.output + "\n"
    }

    /// A patch that edits the file as it is in the tree.
    package func patch(_ path: String, _ edit: (String) -> String) async throws -> String {
        let old = try text("toy/\(path)")
        return try await patch(path, old, edit(old))
    }

    /// Step 6 of mm/mmap.c returns another number.
    package func stepSix(returns value: Int) async throws -> String {
        try await patch("mm/mmap.c") { $0.replacing("return 6;", with: "return \(value);") }
    }
}

/// The lines a stage reported, from any thread.
package final class ProgressLines: Sendable {
    private let storage = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { storage.withLock { $0 } }
    /// The objects that were compiled since the last look, sorted.
    package var compiled: [String] {
        storage.withLock { lines in
            defer { lines = [] }
            return lines.filter { $0.hasPrefix("CC ") }.map { String($0.dropFirst(3)) }.sorted()
        }
    }

    package func add(_ line: String) { storage.withLock { $0.append(line) } }
}
