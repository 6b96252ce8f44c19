import Foundation
import HostTools
import Testing

/// Conditions, variants, toolchains and trees that have the series already, on the command line; the toy is 6.1.7-toy.
@Suite struct OldTreeTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addToyTree()
        try describe("")
        try command.write("CONFIG_SMP=y\nCONFIG_UTRACE=y # if known\n", to: "kernel-patches/t/config")
        try command.write("CONFIG_KSM=y\n", to: "kernel-patches/t/config.debug")
        try command.write("", to: "kernel-patches/t/series")
    }

    private func describe(_ more: String) throws {
        let source = command.folder.appending(path: "toy").path
        try command.write(
            "source: { directory: \(source) }\nconfiguration: { variants: { debug: [config.debug], release: [] } }\n\(more)\n",
            to: "kernel-patches/t/target.yaml")
    }

    private func patch(_ name: String, of line: String, to other: String) throws {
        try command.write(
            "--- a/mm/rmap.c\n+++ b/mm/rmap.c\n@@ -1 +1 @@\n-\(line)\n+\(other)\n", to: "kernel-patches/\(name)")
    }

    private struct Record: Decodable {
        let release: String
        let front: String?
        let unknownSymbols: [String]
    }

    private func records(_ result: ToolResult) throws -> [String: Record] {
        // Progress comes before it, on standard error.
        let text = result.output
        let start = try #require(text.range(of: "\n{")?.lowerBound)
        return try JSONDecoder().decode([String: Record].self, from: Data(text[start...].utf8))
    }

    @Test func unknownVariantIsWrongUsageAndTheKnownAreNamed() async throws {
        let result = try await command.run("build", "t", "--variant", "lockdp")
        #expect(result.status == .exited(2))
        #expect(result.output.contains("its variants are debug, release"))
    }

    @Test func variantIsBuilt() async throws {
        let result = try await command.run("build", "t", "--variant", "debug")
        #expect(result.status == .exited(0), "\(result.output)")
        let image = try #require(result.lines.first { $0.hasPrefix("base\t") }).dropFirst(5)
        let config = URL(filePath: String(image)).deletingLastPathComponent().appending(path: "config")
        #expect(try String(contentsOf: config, encoding: .utf8).contains("CONFIG_KSM=y"))
    }

    @Test func symbolsTheTreeDoesNotHaveAreCountedAndListed() async throws {
        let result = try await command.run("build", "t", "--json")
        #expect(result.lines.contains { $0.hasPrefix("build base") && $0.contains("1 symbol the tree does not have") })
        #expect(
            try records(result).mapValues(\.unknownSymbols) == [
                "base": ["CONFIG_UTRACE"], "patched": ["CONFIG_UTRACE"],
            ])
    }

    @Test func patchesForOtherTreesAndOfAnotherFolder() async throws {
        try patch("shared/one.patch", of: "#include <linux/mm.h>", to: "#include <linux/mm.h> /* one */")
        try patch("shared/two.patch", of: "another tree", to: "yet another")
        try command.write("two.patch -p1 # only: *.el5\none.patch\n", to: "kernel-patches/shared/series")
        try describe("series: ../shared/series")
        let result = try await command.run("series", "t")
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(result.lines.contains("two.patch  not for this tree"))
        #expect(result.lines.contains("one.patch  clean"))
    }

    @Test func seriesForAnotherTreeFailsAndNamesTheVersion() async throws {
        try patch("t/one.patch", of: "another tree", to: "yet another")
        try command.write("one.patch\n", to: "kernel-patches/t/series")
        for name in ["series", "build"] {
            let result = try await command.run(name, "t")
            #expect(result.status == .exited(1))
            #expect(result.output.contains("to Linux 6.1.7-toy: it is for another tree"))
        }
    }

    @Test func treeThatHasTheSeriesIsBuiltAsItIs() async throws {
        try patch("t/one.patch", of: "another tree", to: "yet another")
        try command.write("one.patch\n", to: "kernel-patches/t/series")
        try describe("series-provides: include/linux/mm.h")
        let result = try await command.run("build", "t", "--json")
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(
            result.lines.count { $0.contains("6.1.7-toy already has include/linux/mm.h: tested as it is, no base") }
                == 1)
        #expect(try records(result).keys.sorted() == ["as-is"])
        let series = try await command.run("series", "t")
        #expect(series.status == .exited(0))
        #expect(series.lines.contains("6.1.7-toy already has include/linux/mm.h: the series is not applied"))
    }

    @Test func configurationForI386OnlyIsRefused() async throws {
        try command.write("CONFIG_X86_32=y\n", to: "kernel-patches/t/config")
        let result = try await command.run("build", "t")
        #expect(result.status == .exited(69))
        #expect(result.output.contains("the configuration is for i386"))
    }

    @Test func toolchainThatIsNotThereIsNamedBeforeAnythingIsDone() async throws {
        let result = try await command.run("build", "t", "--toolchain", "/none/such-")
        #expect(result.status == .exited(69))
        #expect(result.lines.count == 1)
        #expect(result.output.contains("cannot find the compiler: /none/such-gcc"))
    }

    @Test func toolchainsPatchesAreShownApart() async throws {
        try patch("t/tools/fix.patch", of: "#include <linux/mm.h>", to: "#include <linux/mm.h> /* fix */")
        try command.write("fix.patch\n", to: "kernel-patches/t/tools/series")
        try command.write("#!/bin/sh\nexec $DRYDOCK_CC \"$@\"\n", to: "kernel-patches/t/tools/cc")
        try describe("toolchain: { compiler: tools/cc, patches: tools/series }")
        #expect(try await command.run("series", "t").lines.contains("fix.patch  clean (toolchain)"))
        let result = try await command.run("build", "t", "--json")
        #expect(try records(result).mapValues(\.front) == ["base": "tools/cc", "patched": "tools/cc"])
    }
}
