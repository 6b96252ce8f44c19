import Build
import Evidence
import Files
import Foundation
import Glibc
import HostTools
import KernelSources
import Patches
import TestSupport
import Testing

/// What a host does to a build, and what drydock makes of it.
struct BuildHostTests {
    private let toy: ToyKernel
    private let progress = ProgressLines()

    init() throws { toy = try ToyKernel() }

    /// A compiler that runs `script` for mm/mmap.c, and is gcc for all else.
    private func compiler(_ script: String) throws {
        try toy.write("#!/bin/sh\ncase \"$*\" in *mm/mmap.c*) \(script);; esac\nexec gcc \"$@\"\n", to: "cc")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: toy.folder.appending(path: "cc").path)
        try toy.describe(fragments: ["config"], compiler: toy.folder.appending(path: "cc").path)
    }

    private func build(_ value: Int? = nil) async throws -> KernelBuild {
        guard let value else { return try await toy.builder().build(.base, onProgress: progress.add) }
        let series = try await toy.rehearse(["six.patch": try await toy.stepSix(returns: value)]).application()
        return try await toy.builder().build(.patched, series: series, onProgress: progress.add)
    }

    @Test(arguments: [
        (
            "echo '{standard input}: Fatal error: cannot write mm/mmap.o: No space left on device'; exit 1",
            HostTrouble.noSpace
        ),
        ("echo 'as: Fatal error: can not write: File too large' >&2; exit 1", .fileSizeLimit),
        ("echo 'gcc: fatal error: Killed signal terminated program cc1' >&2; exit 1", .killed),
        ("kill -9 $$", .killed),
        // What this says is lost too, the first time.
        ("ulimit -f 0; trap '' XFSZ; head -c 9 /dev/zero >\"$0.copy\"; exit 1", .fileSizeLimit),
        ("echo '/bin/sh: 1: Cannot fork' >&2; exit 2", .noProcess),
    ])
    func aCompilerThatTheHostEndsDoesNotMeanAKernelThatDoesNotCompile(
        script: String, trouble: HostTrouble
    ) async throws {
        try compiler("if [ -e \(toy.folder.path)/trouble ]; then \(script); fi")
        try toy.write("", to: "trouble")
        for subject in [nil, 66] {
            let error = await #expect(throws: ToolError.self) { _ = try await build(subject) }
            guard case .hostFailed(_, let found, _, _) = error else {
                Issue.record("\(error.map { "\($0)" } ?? "no error")")
                continue
            }
            #expect(found == trouble)
        }
        try FileManager.default.removeItem(at: toy.folder.appending(path: "trouble"))
        _ = progress.compiled
        _ = try await build(66)
        #expect(progress.compiled == ["init/main.o", "mm/mmap.o", "mm/rmap.o", "tools/helper.o"])
    }

    @Test func aCompilerThatFailsOnceAndSilentlyIsTheHosts() async throws {
        try compiler("if [ ! -e \(toy.folder.path)/failed ]; then touch \(toy.folder.path)/failed; exit 1; fi")
        let error = await #expect(throws: ToolError.self) { _ = try await build() }
        guard case .hostFailed(_, .passing, _, _) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
    }

    @Test func aCompilerThatFailsSilentlyEachTimeIsNot() async throws {
        try compiler("exit 1")
        let error = await #expect(throws: BuildError.self) { _ = try await build() }
        guard case .doesNotCompile(_, let errors, _) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(errors.contains { $0.contains("mm/mmap.o") })
    }

    /// What a killed drydock left running, and what was not ended with it, has the lock.
    @Test func nothingIsPatchedWhileAnEarlierBuildRuns() async throws {
        let first = try await build(66)
        let source = first.tree.appending(path: "mm/mmap.c")
        let lock = first.tree.deletingLastPathComponent().appending(path: "lock").path
        let script = #"exec 9>>"$0"; flock 9; sleep 1000 & echo $!"#
        let shell = try await HostTool("bash").run(["-c", "(\(script)) 2>/dev/null | head -n 1", lock])
        let left = try #require(shell.lines.first.flatMap { pid_t($0) })
        let seen = ProgressLines()
        let second = try await toy.builder().build(
            .patched, series: try await toy.rehearse(["six.patch": try await toy.stepSix(returns: 67)]).application()
        ) { line in
            guard line.hasPrefix("waiting for another build") else { return }
            seen.add((try? String(contentsOf: source, encoding: .utf8)) ?? "")
            kill(left, SIGKILL)
        }
        #expect(seen.lines.count == 1)
        #expect(seen.lines.first?.contains("return 66;") == true)
        #expect(try String(contentsOf: source, encoding: .utf8).contains("return 67;"))
        #expect(second.digest != first.digest)
    }

    @Test func aTreeOfAnUnfinishedBuildIsNotForked() async throws {
        let base = try await build()
        try toy.write("", to: "under-way")
        try FileManager.default.copyItem(
            at: toy.folder.appending(path: "under-way"),
            to: base.tree.deletingLastPathComponent().appending(path: "under-way"))
        _ = progress.compiled
        let series = try await toy.rehearse(["six.patch": try await toy.stepSix(returns: 66)]).application()
        _ = try await toy.builder().build(.patched, series: series, forking: base, onProgress: progress.add)
        #expect(progress.compiled.contains("init/main.o"))
    }

    @Test(arguments: ["bzImage", "System.map", "config", "bzImage.sha256", "build.json"])
    func aSpoiltFileInTheCacheIsMadeAgain(name: String) async throws {
        let first = try await build()
        let file = first.bzImage.deletingLastPathComponent().appending(path: name)
        let whole = try Data(contentsOf: file)
        try whole.prefix(whole.count / 2).write(to: file)
        let second = try await build()
        #expect(!second.reused)
        #expect(second.digest == first.digest)
        // The state says how long the build took.
        if name != "build.json" { #expect(try Data(contentsOf: file) == whole) }
        #expect(try await build().reused)
    }

    @Test func aSpoiltVmlinuxIsMadeAgain() async throws {
        let first = try await build()
        let vmlinux = first.tree.appending(path: "vmlinux")
        let whole = try Data(contentsOf: vmlinux)
        try whole.prefix(whole.count / 2).write(to: vmlinux)
        let second = try await build()
        #expect(!second.reused)
        #expect(try Data(contentsOf: second.tree.appending(path: "vmlinux")) == whole)
    }

    /// A build tree has the source's own files, so an edit of one of them there edits the source.
    @Test func aChangeOfTheSourceIsNoticedWheneverItWasMade() async throws {
        let source = try await toy.source()
        let base = try await build()
        let file = base.tree.appending(path: "mm/rmap.c")
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: Data("// edited\n".utf8))
        try handle.close()
        try await HostTool("touch").run(to: "set the time back", ["--date=@0", file.path])
        await #expect(throws: KernelSourceError.pristineChanged(pristine: source.tree.path, files: ["mm/rmap.c"])) {
            try await build(66)
        }
        let again = try await toy.source()
        #expect(!again.reused)
        #expect(
            try String(contentsOf: again.tree.appending(path: "mm/rmap.c"), encoding: .utf8)
                == toy.text("toy/mm/rmap.c"))
        _ = try await build(66)
        let second = try await build()
        #expect(!second.reused)
        #expect(
            try String(contentsOf: second.tree.appending(path: "mm/rmap.c"), encoding: .utf8)
                == toy.text("toy/mm/rmap.c"))
    }

    @Test func aPatchIsNotBlamedForASourceThatSomebodyChanged() async throws {
        let source = try await toy.source()
        let file = source.tree.appending(path: "mm/mmap.c")
        let patch = try await toy.stepSix(returns: 66)
        try Data("// nothing of it left\n".utf8).write(to: file)
        await #expect(throws: KernelSourceError.pristineChanged(pristine: source.tree.path, files: ["mm/mmap.c"])) {
            _ = try await SeriesRehearsal(of: try toy.series(["six.patch": patch]), on: source, cache: toy.cache)
        }
        #expect(try await toy.outcome(of: patch) == .clean)
    }

    @Test func aSourceWhoseManifestIsDamagedIsUnpackedAgainAndNotCalledChanged() async throws {
        let source = try await toy.source()
        let manifest = source.tree.appendingPathExtension("manifest")
        var bytes = try Data(contentsOf: manifest)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: manifest)
        let again = try await toy.source()
        #expect(!again.reused)
        _ = try await build(66)
    }

    @Test func aFileThatIsGoneFromTheTreeWhileItIsBuiltIsNoPatchsDoing() async throws {
        try compiler(
            "if [ -e \(toy.folder.path)/trouble ]; then rm -f mm/rmap.c; echo 'x.c:1:2: error: gone'; exit 1; fi")
        try toy.write("", to: "trouble")
        let error = await #expect(throws: BuildError.self) { _ = try await build(66) }
        guard case .treeChanged(_, let files) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(files == ["mm/rmap.c"])
        try FileManager.default.removeItem(at: toy.folder.appending(path: "trouble"))
        _ = progress.compiled
        _ = try await build(66)
        #expect(progress.compiled.count == 4)
    }

    /// Make goes by times: it would link an object that somebody changed, and drydock call that the kernel of its series.
    @Test func anObjectThatSomebodyChangedIsCompiledAgain() async throws {
        func spoil(_ build: KernelBuild) throws {
            let object = build.tree.appending(path: "mm/rmap.o")
            var bytes = try Data(contentsOf: object)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: object)
        }
        let everything = ["init/main.o", "mm/mmap.o", "mm/rmap.o", "tools/helper.o"]
        let base = try await build()
        try spoil(base)
        _ = progress.compiled
        let series = try await toy.rehearse(["six.patch": try await toy.stepSix(returns: 66)]).application()
        let patched = try await toy.builder().build(
            .patched, series: series, forking: base, onProgress: progress.add)
        #expect(progress.compiled == everything)
        try spoil(patched)
        _ = progress.compiled
        _ = try await build(67)
        #expect(progress.compiled == everything)
    }

    @Test func aSourceOfWhichNobodyWroteDownWhatItWasIsUnpackedAgain() async throws {
        let source = try await toy.source()
        try FileManager.default.removeItem(at: source.tree.appendingPathExtension("manifest"))
        try Data("// edited\n".utf8).write(to: source.tree.appending(path: "mm/rmap.c"))
        let again = try await toy.source()
        #expect(again.digest == source.digest)
        #expect(
            try String(contentsOf: again.tree.appending(path: "mm/rmap.c"), encoding: .utf8)
                == toy.text("toy/mm/rmap.c"))
    }

    @Test func aTreeOfWhichNobodyKnowsWhatWasPatchedIsBegunAnew() async throws {
        let first = try await build(66)
        try Data().write(to: first.tree.deletingLastPathComponent().appending(path: "overlay.json"))
        let second = try await build(67)
        let source = try String(contentsOf: second.tree.appending(path: "mm/mmap.c"), encoding: .utf8)
        #expect(source.contains("return 67;"))
        _ = progress.compiled
        let cure = try await toy.patch("mm/rmap.c") { $0.replacing("\tint never_used;\n\n", with: "") }
        try Data().write(to: first.tree.deletingLastPathComponent().appending(path: "overlay.json"))
        let third = try await toy.builder().build(
            .patched, series: try await toy.rehearse(["cure.patch": cure]).application())
        #expect(
            try String(contentsOf: third.tree.appending(path: "mm/mmap.c"), encoding: .utf8)
                == toy.text("toy/mm/mmap.c"))
    }

    @Test func aClockThatWasSetBackHidesNoChangeFromMake() async throws {
        let first = try await build(66)
        try await HostTool("touch").run(
            to: "set the time", ["--date=+1 hour", first.tree.appending(path: "mm/mmap.o").path])
        _ = progress.compiled
        let second = try await build(67)
        #expect(progress.compiled.contains("mm/mmap.o"))
        #expect(try Data(contentsOf: second.bzImage) != Data(contentsOf: first.bzImage))
    }

    /// As an editor does that writes a new file and renames it.
    @Test func whatSomebodyEditedInATreeIsUndone() async throws {
        let base = try await build()
        let file = base.tree.appending(path: "mm/rmap.c")
        let edited = try String(contentsOf: file, encoding: .utf8).replacing("return 2;", with: "return 22;")
        try Data(edited.utf8).write(to: file, options: .atomic)
        try FileManager.default.removeItem(at: base.bzImage)
        let again = try await build()
        #expect(!again.reused)
        #expect(try String(contentsOf: file, encoding: .utf8) == toy.text("toy/mm/rmap.c"))
        _ = progress.compiled
        try FileManager.default.removeItem(at: base.bzImage)
        _ = try await build()
        #expect(progress.compiled == [])
    }

    @Test func whoTriesASeriesWhileAnotherDrydockDoesSaysThatItWaits() async throws {
        let source = try await toy.source()
        let series = try toy.series(["six.patch": try await toy.stepSix(returns: 66)])
        let folder = toy.cache.folder.appending(path: "scratch")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lock = folder.appending(path: "\(source.digest.short).lock")
        let held = open(lock.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        try #require(flock(held, LOCK_EX) == 0)
        let rehearsal = try await SeriesRehearsal(of: series, on: source, cache: toy.cache) { line in
            progress.add(line)
            close(held)
        }
        #expect(progress.lines.count == 1 && progress.lines[0].hasPrefix("waiting for another drydock"))
        #expect(rehearsal.outcomes.map(\.application) == [.clean])
    }

    @Test func aFileThatCannotBeLookedAtIsNotOneThatIsMissing() async throws {
        let patch = try await toy.stepSix(returns: 66)
        let source = try await toy.source()
        try FileManager.default.removeItem(at: source.tree.appending(path: "mm"))
        try FileManager.default.createSymbolicLink(
            atPath: source.tree.appending(path: "mm").path, withDestinationPath: "mm")
        let error = await #expect(throws: FileError.self) {
            _ = try await SeriesRehearsal(of: try toy.series(["six.patch": patch]), on: source, cache: toy.cache)
        }
        #expect(error?.act == "read")
        #expect(error?.path.hasSuffix("mm/mmap.c") == true)
    }

    @Test func whatSomebodyRemovedFromATreeIsPutBack() async throws {
        let first = try await build(66)
        try FileManager.default.removeItem(at: first.tree.appending(path: "mm/rmap.c"))
        try FileManager.default.removeItem(at: first.tree.appending(path: "mm/rmap.o"))
        let second = try await build(67)
        #expect(
            try String(contentsOf: second.tree.appending(path: "mm/rmap.c"), encoding: .utf8)
                == toy.text("toy/mm/rmap.c"))
    }
}
