import Foundation
import Kernel
import Targets
import Testing

/// What holds for the kernels drydock exists for; each is looked for, unpacked, in the source cache.
struct RealTreeSourceTests {
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
        #expect(source.version == (name.hasPrefix("linux-") ? String(name.dropFirst(6)) : name))
        let files = FileManager.default.enumerator(atPath: source.tree.path)?.compactMap { $0 as? String } ?? []
        #expect(files.count > 10_000)
        // What a configuration left in the vendor's tree is no source.
        #expect(files.filter { $0.hasSuffix(".o") || $0.hasSuffix(".cmd") || $0 == ".config" } == [])
        #expect(files.contains("scripts/kconfig/zconf.tab.c_shipped"))
        #expect(files.contains("scripts/kconfig/conf.c"))
    }

    @Test(.enabled(if: has("2.6.18-8.el5"), "the source cache holds no folder 2.6.18-8.el5"))
    func theFirstRelease() async throws { try await obtain("2.6.18-8.el5") }

    @Test(.enabled(if: has("2.6.18-128.el5"), "the source cache holds no folder 2.6.18-128.el5"))
    func theLastReleaseWithoutNotifiers() async throws { try await obtain("2.6.18-128.el5") }

    @Test(.enabled(if: has("2.6.18-274.el5"), "the source cache holds no folder 2.6.18-274.el5"))
    func aReleaseWithNotifiers() async throws { try await obtain("2.6.18-274.el5") }

    @Test(.enabled(if: has("linux-2.6.18"), "the source cache holds no folder linux-2.6.18"))
    func vanilla() async throws { try await obtain("linux-2.6.18") }
}
