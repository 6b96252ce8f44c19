import Build
import Evidence
import Foundation
import Runs
import Targets
import Testing

/// From the source to the kernels, in which order and how often, with a tree that builds in a moment.
@Suite final class BuildingTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")
    /// Of the latest build.
    private var watcher = StageLogTests.Watcher()

    init() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        try write("", to: "images/workloads/none")
        try FileManager.default.copyItem(
            at: tests.appending(path: "TestSupport/Fixtures/toy-kernel"), to: folder.appending(path: "toy"))
        try describe()
        try write("CONFIG_SMP=y\n", to: "kernel-patches/t/config")
        try write("one.patch\n", to: "kernel-patches/t/series")
        try patch("mm/rmap.c", of: "#include <linux/mm.h>", to: "#include <linux/mm.h> /* one */")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func describe(_ more: String = "") throws {
        try write(
            "source: { directory: \(folder.path)/toy }\n\(more)\n", to: "kernel-patches/t/target.yaml")
    }

    private func patch(_ file: String, of line: String, to other: String) throws {
        try write("--- a/\(file)\n+++ b/\(file)\n@@ -1 +1 @@\n-\(line)\n+\(other)\n", to: "kernel-patches/t/one.patch")
    }

    private func build(_ toolchain: PeriodToolchain? = nil) async throws -> [KernelBuild] {
        watcher = StageLogTests.Watcher()
        let workspace = try Workspace(
            root: folder, cache: folder.appending(path: "cache"), runs: nil, environment: [:], current: folder,
            executable: folder)
        let preparation = Preparation(
            workspace: workspace, target: try TargetCatalogue(folder: workspace.targets).load("t"), given: nil,
            toolchain: toolchain, version: "0", log: watcher.log())
        return try await preparation.build()
    }

    /// What ended in the latest build, and how.
    private var ended: [String] {
        watcher.events.compactMap { event in
            let stage = event.guest.map { "\(event.stage) \($0)" } ?? "\(event.stage)"
            return switch event.kind {
            case .began, .now: nil
            case .ended(_, _, let reused): reused ? "\(stage) again" : stage
            case .failed: "\(stage) failed"
            }
        }
    }

    @Test func everyStageIsDoneOnceAndInOrder() async throws {
        #expect(try await build().map(\.subject) == [.base, .patched])
        #expect(ended == ["source", "series", "build base", "build patched"])
        #expect(try await build().map(\.reused) == [true, true])
        #expect(ended == ["source again", "series", "build base again", "build patched again"])
        try patch("mm/rmap.c", of: "#include <linux/mm.h>", to: "#include <linux/mm.h> /* two */")
        #expect(try await build().map(\.reused) == [true, false])
        #expect(ended == ["source again", "series", "build base again", "build patched"])
    }

    @Test func aSeriesThatDoesNotApplyFailsBeforeAnythingIsBuilt() async throws {
        try write("one.patch\ntwo.patch\n", to: "kernel-patches/t/series")
        try write("--- a/mm/rmap.c\n+++ b/mm/rmap.c\n@@ -1 +1 @@\n-no\n+yes\n", to: "kernel-patches/t/two.patch")
        await #expect(throws: RunsError.self) { try await build() }
        #expect(ended == ["source", "series"])
    }

    @Test func onlyThePatchedKernelThatDoesNotCompileIsTheSeriesFault() async throws {
        try patch("mm/rmap.c", of: "#include <linux/mm.h>", to: "#error one")
        await #expect(throws: RunsError.self) { try await build() }
        #expect(ended == ["source", "series", "build base", "build patched failed"])
        try write("#error toy\n", to: "toy/init/main.c")
        await #expect(throws: BuildError.self) { try await build() }
        #expect(ended == ["source", "series", "build base failed"])
    }

    @Test func aTreeThatHasTheSeriesIsBuiltAloneAndAsItIs() async throws {
        try describe("series-provides: include/linux/mm.h")
        #expect(try await build().map(\.subject) == [.asIs])
        #expect(ended == ["source", "series", "build as-is"])
    }

    @Test func aCompilerThatIsNotThereEndsItBeforeTheSourceIsFetched() async throws {
        await #expect(throws: BuildError.noCompiler(command: "/none/such-gcc")) {
            try await build(PeriodToolchain(prefix: "/none/such-", root: nil))
        }
        #expect(ended == [])
    }

    @Test func theRecordsTellWhatWasBuilt() async throws {
        try write("CONFIG_KSM=y\n", to: "kernel-patches/t/config.debug")
        try describe("configuration: { variants: { debug: [config.debug] }, variant: debug }")
        for build in try await build() {
            #expect(build.record.source?.given == "\(folder.path)/toy")
            #expect(build.record.source?.version == "6.1.7-toy")
            #expect(build.record.variant == "debug")
            #expect(build.record.toolchain == nil)
        }
    }
}
