import Foundation
import HostTools
import Testing

/// The drydock program as it was built with these tests, run in a checkout made for one test.
final class Command: Sendable {
    let folder: URL

    /// - Parameter checkout: the directory whose images/ and kernel-patches/ are copied; nil for an empty checkout.
    init(copying checkout: URL? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "drydock-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for part in ["images", "kernel-patches"] {
            let copy = folder.appending(path: part)
            if let checkout {
                try FileManager.default.copyItem(at: checkout.appending(path: part), to: copy)
            } else {
                try FileManager.default.createDirectory(
                    at: copy.appending(path: "workloads/lib"), withIntermediateDirectories: true)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The checkout these tests stand in.
    static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static var program: URL {
        // The test bundle is beside the program.
        get throws {
            let bundle = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            let places = [bundle, Bundle.main.bundleURL].map { $0.appending(path: "drydock") }
            return try #require(places.first { FileManager.default.isExecutableFile(atPath: $0.path) })
        }
    }

    /// A tree that builds in a moment and replaces Linux's, in the directory `toy` of this checkout.
    @discardableResult
    func addToyTree() throws -> String {
        let copy = folder.appending(path: "toy")
        let toy = Self.checkout.appending(path: "Tests/TestSupport/Fixtures/toy-kernel")
        try FileManager.default.copyItem(at: toy, to: copy)
        return copy.path
    }

    /// A target with a configuration and an empty series.
    /// - Parameter source: as target.yaml has it, such as `directory: /path`.
    func addTarget(_ name: String, source: String) throws {
        try write("source: { \(source) }\n", to: "kernel-patches/\(name)/target.yaml")
        try write("CONFIG_SMP=y\n", to: "kernel-patches/\(name)/config")
        try write("", to: "kernel-patches/\(name)/series")
    }

    /// A workload that would pass.
    func addWorkload(_ name: String) throws {
        try write("summary: s\nkind: locks\n", to: "images/workloads/\(name)/workload.yaml")
        try write("int main(void) { return 0; }\n", to: "images/workloads/\(name)/\(name).c")
    }

    func write(_ text: String, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Where runs of this checkout go.
    var runs: URL { folder.appending(path: "runs") }

    /// Runs a sub-command on this checkout.
    /// - Parameter cache: nil for a cache of its own, so that nothing of the user's is touched.
    func run(
        _ arguments: String..., cache: URL? = nil, onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        try await run(arguments, cache: cache, onLine: onLine)
    }

    func run(
        _ arguments: [String], cache: URL? = nil, onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        let folders = [
            "--root", folder.path, "--runs", runs.path, "--cache", (cache ?? folder.appending(path: "cache")).path,
        ]
        return try await HostTool(try Self.program.path).run(arguments + folders, onLine: onLine)
    }
}
