import Foundation
import HostTools
import KernelSources
import Targets
import TestSupport
import Testing

/// What holds for the kernels drydock exists for; each is looked for, unpacked, in the source cache.
@Suite(.serialized) struct RealTreeSourceTests {
    private static let sources: URL = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
        return URL(filePath: cache).appending(path: "drydock/sources")
    }()

    private static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: sources.appending(path: "\(name)/Makefile").path)
    }

    private func obtain(_ name: String) async throws {
        let toy = try ToyKernel()
        let source = try await KernelSource.obtain(
            .directory(Self.sources.appending(path: name).path), cache: toy.cache)
        #expect(source.version == name)
        let files = try await HostTool("find").run(
            to: "list", [source.tree.path, "-type", "f", "-printf", "%P\\n"]
        ).lines
        #expect(files.count > 10_000)
        // What a configuration left in the vendor's tree is no source.
        #expect(files.filter { $0.hasSuffix(".o") || $0.hasSuffix(".cmd") || $0 == ".config" } == [])
        #expect(files.contains("scripts/kconfig/zconf.tab.c_shipped"))
        #expect(files.contains("scripts/kconfig/conf.c"))
    }

    @Test(.enabled(if: has("2.6.18-8.el5"), "the source cache holds no folder 2.6.18-8.el5"))
    func theFirstReleaseSaysItsVersionInItsFoldersName() async throws { try await obtain("2.6.18-8.el5") }

    @Test(.enabled(if: has("2.6.18-128.el5"), "the source cache holds no folder 2.6.18-128.el5"))
    func theLastReleaseWithoutNotifiersIsTakenWithoutWhatWasGenerated() async throws {
        try await obtain("2.6.18-128.el5")
    }
}
