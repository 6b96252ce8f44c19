import Build
import Evidence
import Files
import Foundation
import KernelSources
import Patches
import Targets
import TestSupport
import Testing

/// Compiler wrappers, patches and period compilers; the toy's mm/mmap.c compiles only with a compiler wrapper.
struct ToolchainTests {
    private let toy: ToyKernel
    private let progress = ProgressLines()

    init() throws {
        toy = try ToyKernel()
        try toy.write("#ifndef FRONT\n#error no front\n#endif\n" + (try toy.text("toy/mm/mmap.c")), to: "toy/mm/mmap.c")
        try front()
    }

    private func front(_ options: String = "-DFRONT=1") throws {
        try toy.write("#!/bin/sh\nexec $DRYDOCK_CC \(options) \"$@\"\n", to: "kernel-patches/toy/tools/cc")
    }

    private func describe(_ toolchain: String) throws -> Target {
        try toy.write(
            "source: { directory: \(toy.tree.path) }\ntoolchain: { \(toolchain) }\n",
            to: "kernel-patches/toy/target.yaml")
        return try toy.target()
    }

    private func build(_ toolchain: String, prefix: String? = nil) async throws -> KernelBuild {
        let target = try describe(toolchain)
        let found = try await Toolchain.find(
            target, cache: toy.cache, period: PeriodToolchain(prefix: prefix, root: nil))
        let builder = try KernelBuilder(
            cache: toy.cache, source: try await toy.source(), target: target, toolchain: found)
        return try await builder.build(.base, onProgress: progress.add)
    }

    @Test(arguments: ["compiler: tools/cc", "compiler: tools/cc, make-arguments: [CC=gcc]"])
    func frontStandsBeforeTheCompiler(toolchain: String) async throws {
        let build = try await build(toolchain)
        #expect(build.record.front == "tools/cc")
        #expect(build.record.compiler.hasPrefix("gcc"))
        _ = progress.compiled
        #expect(try await self.build(toolchain).reused)
    }

    @Test func withoutItsFrontTheTreeDoesNotCompile() async throws {
        await #expect(throws: BuildError.self) { try await build("make-arguments: [CC=gcc]") }
    }

    @Test func frontHasAPlaceThatOnlyItsTextChanges() async throws {
        let first = try await Toolchain.find(try describe("compiler: tools/cc"), cache: toy.cache)
        let again = try await Toolchain.find(try describe("compiler: tools/cc"), cache: toy.cache)
        #expect(first.digest == again.digest)
        let place = toy.cache.folder.appending(path: "toolchains")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 1)
        try front("-DFRONT=2")
        #expect(try await Toolchain.find(try describe("compiler: tools/cc"), cache: toy.cache).digest != first.digest)
        #expect(try await Toolchain.find(try describe(""), cache: toy.cache).digest != first.digest)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 2)
    }

    @Test func frontThatIsNotThereIsNamed() async throws {
        let target = try describe("compiler: tools/none")
        let error = await #expect(throws: FileError.self) { try await Toolchain.find(target, cache: toy.cache) }
        #expect(error.map { "\($0)" }?.contains("kernel-patches/toy/tools/none") == true)
    }

    @Test func hostProgramsHaveAFrontOfTheirOwn() async throws {
        try toy.write(
            "#!/bin/sh\necho \"$DRYDOCK_CC $1\" > host-compiler\nexec $DRYDOCK_CC \"$@\"\n",
            to: "kernel-patches/toy/tools/hostcc")
        let makefile = try toy.text("toy/Makefile").replacing(
            "\nmodules_prepare:", with: "\nmodules_prepare:\n\t@$(HOSTCC) --version > /dev/null")
        try toy.write(makefile, to: "toy/Makefile")
        let build = try await build("compiler: tools/cc, host-compiler: tools/hostcc")
        let said = try String(contentsOf: build.tree.appending(path: "host-compiler"), encoding: .utf8)
        #expect(said == "gcc --version\n")
    }

    @Test func periodCompilerTakesThePlaceOfTheFront() async throws {
        for (name, program) in [("gcc", "gcc -DFRONT=3"), ("ld", "ld")] {
            try toy.write("#!/bin/sh\nexec \(program) \"$@\"\n", to: "period/old-\(name)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: toy.folder.appending(path: "period/old-\(name)").path)
        }
        try front("-DNOT_THE_PERIOD_COMPILER -DFRONT=1")
        let mmap = try toy.text("toy/mm/mmap.c")
        try toy.write("#ifdef NOT_THE_PERIOD_COMPILER\n#error front\n#endif\n\(mmap)", to: "toy/mm/mmap.c")
        let prefix = toy.folder.appending(path: "period/old-").path
        let build = try await build("compiler: tools/cc", prefix: prefix)
        #expect(build.record.front == nil)
        await #expect(throws: BuildError.noCompiler(command: "/none/such-gcc")) {
            try await self.build("compiler: tools/cc", prefix: "/none/such-")
        }
    }

    /// A patch of the toolchain's own and one of the series, tried and built.
    private func rehearse(_ line: String, _ patch: String, series: KeyValuePairs<String, String>) async throws
        -> SeriesRehearsal
    {
        try toy.write(patch, to: "kernel-patches/toy/tools/fix.patch")
        try toy.write("fix.patch \(line)\n", to: "kernel-patches/toy/tools/series")
        _ = try describe("compiler: tools/cc, patches: tools/series")
        let file = try #require(try toy.target().toolchainSeriesFile)
        return try await SeriesRehearsal(
            of: try toy.series(series), after: try PatchSeries(file: file), on: try await toy.source(), cache: toy.cache
        )
    }

    private func rmap(_ old: String, _ new: String) async throws -> String {
        let text = try toy.text("toy/mm/rmap.c")
        return try await toy.patch(
            "mm/rmap.c", text.replacing("return 2;", with: "return \(old);"),
            text.replacing("return 2;", with: "return \(new);"))
    }

    @Test func baseAndPatchedGetTheToolchainsPatchesAlike() async throws {
        let rehearsal = try await rehearse(
            "", try await rmap("2", "20"), series: ["six.patch": try await toy.stepSix(returns: 66)])
        #expect(rehearsal.toolchain == [PatchOutcome(patch: "fix.patch", application: .clean)])
        #expect(rehearsal.outcomes.map(\.patch) == ["six.patch"])
        let builder = try await toy.builder()
        let base = try await builder.build(.base, series: try rehearsal.base())
        let patched = try await builder.build(
            .patched, series: try rehearsal.application(), forking: base, onProgress: progress.add)
        #expect(progress.compiled == ["mm/mmap.o"])
        for build in [base, patched] {
            let text = try String(contentsOf: build.tree.appending(path: "mm/rmap.c"), encoding: .utf8)
            #expect(text.contains("return 20;"))
            #expect(build.record.toolchainPatches == rehearsal.toolchain)
        }
        #expect(base.record.patches.isEmpty)
        #expect(patched.record.patches == rehearsal.outcomes)
        #expect(base.digest != patched.digest)
    }

    @Test func seriesMayTakeBackWhatTheToolchainDid() async throws {
        let rehearsal = try await rehearse(
            "", try await rmap("2", "20"), series: ["back.patch": try await rmap("20", "2")])
        let builder = try await toy.builder()
        let base = try await builder.build(.base, series: try rehearsal.base())
        let patched = try await builder.build(
            .patched, series: try rehearsal.application(), forking: base, onProgress: progress.add)
        #expect(progress.compiled == ["mm/rmap.o"])
        let text = try String(contentsOf: patched.tree.appending(path: "mm/rmap.c"), encoding: .utf8)
        #expect(text.contains("return 2;"))
    }

    @Test func toolchainPatchThatDoesNotApplyIsNotTheSeriesFault() async throws {
        let foreign = try await rmap("3", "4")
        let rehearsal = try await rehearse("", foreign, series: ["six.patch": try await toy.stepSix(returns: 66)])
        let error = #expect(throws: SeriesError.self) { try rehearsal.base() }
        #expect(error.map { "\($0)" }?.hasPrefix("cannot apply the toolchain's fix.patch to Linux 6.1.7-toy") == true)
        #expect(error?.isOfSeries == false)
        #expect(rehearsal.outcomes.isEmpty)
        let left = try await rehearse("# not: 6.1.*", foreign, series: [:])
        #expect(left.toolchain.map(\.application) == [.notForThisTree])
        #expect(try left.base().touchedFiles.isEmpty)
    }
}
