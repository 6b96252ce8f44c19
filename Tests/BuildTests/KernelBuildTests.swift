import Build
import Evidence
import Foundation
import Glibc
import HostTools
import KernelSources
import Patches
import Targets
import TestSupport
import Testing

struct KernelBuildTests {
    private let toy: ToyKernel
    private let progress = ProgressLines()

    init() throws { toy = try ToyKernel() }

    private func base() async throws -> KernelBuild { try await toy.builder().build(.base, onProgress: progress.add) }

    /// The patched kernel with step 6 changed, forked from the base.
    private func patched(_ value: Int, forking base: KernelBuild? = nil) async throws -> KernelBuild {
        let series = try await toy.rehearse(["six.patch": try await toy.stepSix(returns: value)]).application()
        return try await toy.builder().build(.patched, series: series, forking: base, onProgress: progress.add)
    }

    private func content(_ file: URL) throws -> Data { try Data(contentsOf: file) }

    @Test func baseBuild() async throws {
        let base = try await base()
        #expect(progress.compiled == ["init/main.o", "mm/mmap.o", "mm/rmap.o", "tools/helper.o"])
        #expect(base.release == "6.1.7-toy")
        #expect(!base.reused)
        #expect(base.record.patches.isEmpty)
        #expect(base.record.compiler.hasPrefix("gcc"))
        #expect(base.record.digest == base.digest)
        #expect(
            try String(contentsOf: base.config, encoding: .utf8) == "CONFIG_NR_CPUS=8\nCONFIG_SMP=y\nCONFIG_X86_64=y\n")
        #expect(try content(base.bzImage) == content(base.tree.appending(path: "arch/x86/boot/bzImage")))
        #expect(FileManager.default.fileExists(atPath: base.systemMap.path))
    }

    @Test func sameInputsAreNotBuiltAgain() async throws {
        let first = try await base()
        _ = progress.compiled
        let second = try await base()
        #expect(second.reused)
        #expect(progress.lines.isEmpty)
        #expect(second.record == first.record)
        #expect(second.bzImage == first.bzImage)
    }

    @Test func patchedForkCompilesOnlyWhatThePatchTouches() async throws {
        let base = try await base()
        _ = progress.compiled
        let patched = try await patched(66, forking: base)
        #expect(progress.compiled == ["mm/mmap.o"])
        #expect(patched.digest != base.digest)
        #expect(patched.record.patches == [PatchOutcome(patch: "six.patch", application: .clean)])
        #expect(try content(patched.bzImage) != content(base.bzImage))
        #expect(try await self.base().reused)
    }

    /// The two kernels are of one size, so the assembler file that includes them into the image says the same of both.
    @Test(.enabled(if: HostTool("ccache").path != nil, "ccache is not here"))
    func aCompilerCacheGivesNoImageOfAnotherKernel() async throws {
        try toy.describe(fragments: ["config"], compiler: "ccache gcc")
        for value in [66, 67] {
            let build = try await patched(value)
            let kernel = try content(build.tree.appending(path: "arch/x86/boot/vmlinux.bin"))
            #expect(try content(build.bzImage).range(of: kernel) != nil)
        }
    }

    @Test func baseTreeIsNotTouchedByTheFork() async throws {
        let base = try await base()
        let before = try content(base.tree.appending(path: "mm/mmap.o"))
        _ = try await patched(66, forking: base)
        #expect(try content(base.tree.appending(path: "mm/mmap.o")) == before)
        #expect(try content(base.tree.appending(path: "mm/mmap.c")) == content(toy.tree.appending(path: "mm/mmap.c")))
    }

    @Test func patchedWithoutABaseIsBuiltWhole() async throws {
        _ = try await patched(66)
        #expect(progress.compiled == ["init/main.o", "mm/mmap.o", "mm/rmap.o", "tools/helper.o"])
    }

    @Test func anotherSeriesRevertsWhatTheFirstDid() async throws {
        let base = try await base()
        let first = try await patched(66, forking: base)
        let rmap = try await toy.patch("mm/rmap.c") { $0.replacing("return 2;", with: "return 22;") }
        let new = "--- /dev/null\n+++ b/mm/new/file.c\n@@ -0,0 +1 @@\n+int file;\n"
        _ = progress.compiled
        let series = try await toy.rehearse(["rmap.patch": rmap, "new.patch": new]).application()
        let second = try await toy.builder().build(.patched, series: series, onProgress: progress.add)
        #expect(progress.compiled == ["mm/mmap.o", "mm/rmap.o"])
        #expect(try content(second.tree.appending(path: "mm/mmap.c")) == content(toy.tree.appending(path: "mm/mmap.c")))
        #expect(FileManager.default.fileExists(atPath: second.tree.appending(path: "mm/new/file.c").path))

        let third = try await patched(66)
        #expect(progress.compiled == ["mm/mmap.o", "mm/rmap.o"])
        #expect(!FileManager.default.fileExists(atPath: third.tree.appending(path: "mm/new/file.c").path))
        #expect(third.digest == first.digest)
        #expect(try content(third.bzImage) == content(first.bzImage))
    }

    @Test func fileThatStaysPatchedIsNotCompiledAgain() async throws {
        let six = try await toy.stepSix(returns: 66)
        let rmap = try await toy.patch("mm/rmap.c") { $0.replacing("return 2;", with: "return 22;") }
        let builder = try await toy.builder()
        _ = try await builder.build(.patched, series: try await toy.rehearse(["1": six]).application())
        _ = try await builder.build(
            .patched, series: try await toy.rehearse(["1": six, "2": rmap]).application(), onProgress: progress.add)
        #expect(progress.compiled == ["mm/rmap.o"])
    }

    @Test func artefactsOfAnEarlierBuildStay() async throws {
        let first = try await patched(66)
        let bytes = try content(first.bzImage)
        let second = try await patched(67)
        #expect(try content(first.bzImage) == bytes)
        #expect(try content(second.bzImage) != bytes)
        await #expect(throws: BuildError.treeTaken(tree: first.tree.path)) {
            try await first.makeModules(in: toy.folder)
        }
    }

    @Test func sourceIsNeverWrittenTo() async throws {
        let source = try await toy.source()
        let before = try await HostTool("find").run(["-type", "f", "-printf", "%p %s %T@\\n"], in: source.tree).lines
        _ = try await patched(66, forking: try await base())
        let after = try await HostTool("find").run(["-type", "f", "-printf", "%p %s %T@\\n"], in: source.tree).lines
        #expect(after.sorted() == before.sorted())
    }

    @Test func generatedFilesOfTheSourceAreRemovedAndStayOutOfTheFork() async throws {
        // Newer than its source, so that make would take it for done.
        try toy.write("not an object", to: "toy/mm/mmap.o")
        try toy.write("not an object", to: "toy/mm/stale.o")
        let (source, builder) = try await unclean()
        let base = try await builder.build(.base, onProgress: progress.add)
        #expect(progress.compiled.contains("mm/mmap.o"))
        #expect(try !String(contentsOf: base.config, encoding: .utf8).contains("STALE"))
        let series = try toy.series(["six.patch": try await toy.stepSix(returns: 66)])
        let application = try await SeriesRehearsal(of: series, on: source, cache: toy.cache).application()
        let patched = try await builder.build(.patched, series: application, forking: base, onProgress: progress.add)
        #expect(progress.compiled == ["mm/mmap.o"])
        for build in [base, patched] {
            #expect(!FileManager.default.fileExists(atPath: build.tree.appending(path: "mm/stale.o").path))
        }
        #expect(FileManager.default.fileExists(atPath: source.tree.appending(path: "mm/stale.o").path))
    }

    @Test func linkerScriptsThatCameWithTheSourceAreMadeAgain() async throws {
        try toy.write("made of this", to: "toy/arch/x86/vdso.lds.S")
        try toy.write("made once", to: "toy/arch/x86/vdso.lds")
        try toy.write("by hand", to: "toy/arch/x86/other.lds")
        let base = try await toy.builder().build(.base)
        let names = try FileManager.default.contentsOfDirectory(atPath: base.tree.appending(path: "arch/x86").path)
        #expect(names.filter { $0.contains(".lds") }.sorted() == ["other.lds", "vdso.lds.S"])
        #expect(try toy.text("toy/arch/x86/vdso.lds") == "made once")
        let again = base.tree.appending(path: "arch/x86/vdso.lds")
        try Data("made again".utf8).write(to: again)
        try FileManager.default.removeItem(at: base.bzImage)
        #expect(try await !toy.builder().build(.base).reused)
        #expect(try content(again) == Data("made again".utf8))
    }

    @Test func aKernelIsCalledWhatItsSourceIsCalledWhereTheMakefileDoesNotKnow() async throws {
        try toy.placeholder()
        let tree = toy.folder.appending(path: "6.1.7-128.el5")
        try FileManager.default.copyItem(at: toy.tree, to: tree)
        let source = try await KernelSource.obtain(.directory(tree.path), cache: toy.cache)
        let target = try toy.target()
        let builder = try KernelBuilder(
            cache: toy.cache, source: source, target: target,
            toolchain: try await .find(target, cache: toy.cache))
        #expect(try await builder.build(.base).release == "6.1.7-128.el5")
    }

    /// A source RPM's `%prep` and a careless tarball leave such files; a folder is copied without them.
    private func unclean() async throws -> (KernelSource, KernelBuilder) {
        try toy.write("CONFIG_STALE=y\n", to: "toy/.config")
        let tarball = toy.folder.appending(path: "toy.tar.gz").path
        try await HostTool("tar").run(
            to: "pack the toy", ["--create", "--gzip", "--file", tarball, "toy"], in: toy.folder)
        let source = try await KernelSource.obtain(
            .tarball(TarballDescription(file: tarball, url: nil, sha256: nil)), cache: toy.cache)
        let target = try toy.target()
        let toolchain = try await Toolchain.find(target, cache: toy.cache)
        return (
            source, try KernelBuilder(cache: toy.cache, source: source, target: target, toolchain: toolchain)
        )
    }

    @Test func treeThatCannotBeCleanedSaysWhatMakeSaid() async throws {
        try toy.write(
            try toy.text("toy/Makefile").replacing("\nmrproper:", with: "\nmrproper:\n\t@false"), to: "toy/Makefile")
        let (_, builder) = try await unclean()
        let error = await #expect(throws: BuildError.self) { try await builder.build(.base) }
        guard case .cannotClean(_, let output) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(output.contains("mrproper"))
        // It is not taken for clean the next time.
        await #expect(throws: BuildError.self) { try await builder.build(.base) }
    }

    @Test func buildThatWritesToTheSourceIsFoundOut() async throws {
        let source = try await toy.source()
        let base = try await base()
        let spoil = "--- /dev/null\n+++ b/spoil\n@@ -0,0 +1 @@\n+spoil\n"
        let series = try await toy.rehearse(["1": spoil, "2": try await toy.stepSix(returns: 66)]).application()
        let builder = try await toy.builder()
        await #expect(throws: KernelSourceError.pristineModified(pristine: source.tree.path, files: ["CREDITS"])) {
            try await builder.build(.patched, series: series, forking: base)
        }
        #expect(!(try await self.base().reused))
        let again = try await toy.source()
        #expect(try String(contentsOf: again.tree.appending(path: "CREDITS"), encoding: .utf8) == "Somebody\n")
    }

    @Test func warningsOfFilesThatWereNotCompiledAgainStay() async throws {
        let unused = CompilerWarning(
            file: "mm/rmap.c", line: 5, message: "unused variable ‘never_used’", option: "-Wunused-variable")
        func normal(_ build: KernelBuild) -> [CompilerWarning] {
            build.record.warnings.map {
                CompilerWarning(
                    file: $0.file, line: $0.line, message: $0.message.replacing("'never_used'", with: "‘never_used’"),
                    option: $0.option)
            }
        }
        let base = try await base()
        #expect(normal(base) == [unused])
        #expect(normal(try await patched(66, forking: base)) == [unused])

        let cure = try await toy.patch("mm/rmap.c") { $0.replacing("\tint never_used;\n\n", with: "") }
        let series = try await toy.rehearse(["cure.patch": cure]).application()
        #expect(try await toy.builder().build(.patched, series: series).record.warnings.isEmpty)
        #expect(normal(try await self.base()) == [unused])
    }

    @Test func kernelThatDoesNotCompileNamesTheErrorAndTheLog() async throws {
        let patch = try await toy.patch("mm/mmap.c") { $0.replacing("return 6;", with: "return six;") }
        let series = try await toy.rehearse(["broken.patch": patch]).application()
        let builder = try await toy.builder()
        _ = try await patched(66)
        let error = await #expect(throws: BuildError.self) { try await builder.build(.patched, series: series) }
        guard case .doesNotCompile(.patched, let errors, let log) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(errors.count == 1)
        #expect(errors.first?.contains("mm/mmap.c:30:") == true)
        #expect(try String(contentsOfFile: log, encoding: .utf8).contains("six"))

        _ = progress.compiled
        #expect(!(try await patched(66).reused))
        #expect(progress.compiled == ["mm/mmap.o"])
    }

    /// Nobody can say which of its objects were done.
    @Test func interruptedBuildBeginsAnew() async throws {
        let builder = try await toy.builder()
        let task = Task {
            try await builder.build(.base) { line in
                if line == "BUILD arch/x86/boot/bzImage" { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let base = try await base()
        #expect(!base.reused)
        #expect(progress.compiled == ["init/main.o", "mm/mmap.o", "mm/rmap.o", "tools/helper.o"])
        #expect(base.record.warnings.map(\.file) == ["mm/rmap.c"])
    }

    @Test func twoDrydocksBuildOnce() async throws {
        async let first = base()
        async let second = base()
        let reused = [try await first.reused, try await second.reused]
        #expect(reused.sorted { !$0 && $1 } == [false, true])
    }

    @Test func aForkWaitsForADrydockThatChangesItsBase() async throws {
        let base = try await base()
        let lock = base.tree.deletingLastPathComponent().appending(path: "lock")
        let held = open(lock.path, O_RDWR | O_CLOEXEC)
        // A process that another test has just forked, and that is no other program yet, has the lock of the base's build.
        #expect(flock(held, LOCK_EX) == 0)
        let object = base.tree.appending(path: "mm/mmap.o")
        let whole = try content(object)
        try Data("half an object".utf8).write(to: object)
        let series = try await toy.rehearse(["rmap.patch": try await toy.patch("mm/rmap.c") { $0 + "\n" }])
            .application()
        let patched = try await toy.builder().build(.patched, series: series, forking: base) { line in
            guard line.hasPrefix("waiting for another build") else { return progress.add(line) }
            try? whole.write(to: object)
            close(held)
        }
        #expect(try content(patched.tree.appending(path: "mm/mmap.o")) == whole)
        #expect(progress.compiled.contains("mm/rmap.o"))
    }

    @Test func externalModuleIsBuiltAgainstTheTree() async throws {
        let base = try await base()
        try toy.write("#include <linux/mm.h>\nint probe;\n", to: "probe/probe.c")
        let folder = toy.folder.appending(path: "probe")
        let result = try await base.makeModules(in: folder, onLine: progress.add)
        #expect(result.status == .exited(0))
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "probe.ko").path))

        try toy.write("int probe = nothing;\n", to: "probe/probe.c")
        #expect(try await base.makeModules(in: folder).status != .exited(0))
        #expect(try await self.base().reused)
    }
}
