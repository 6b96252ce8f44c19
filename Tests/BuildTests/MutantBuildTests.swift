import Build
import Evidence
import Foundation
import Patches
import TestSupport
import Testing

/// Mutants on a toy kernel whose series makes step 6 return 66.
struct MutantBuildTests {
    private let toy: ToyKernel
    private let progress = ProgressLines()
    private let builder: KernelBuilder
    private let series: SeriesApplication
    private let patched: KernelBuild

    init() async throws {
        toy = try ToyKernel()
        series = try await toy.rehearse(["six.patch": try await toy.stepSix(returns: 66)]).application()
        builder = try await toy.builder()
        patched = try await builder.build(.patched, series: series, forking: try await builder.build(.base))
    }

    /// A mutant that edits a file of the patched tree.
    private func mutant(
        _ name: String, _ path: String = "mm/mmap.c", _ edit: (String) -> String
    ) async throws -> Mutant {
        let old = try String(contentsOf: patched.tree.appending(path: path), encoding: .utf8)
        return try mutant(name, diff: try await toy.patch(path, old, edit(old)))
    }

    private func mutant(_ name: String, diff: String) throws -> Mutant {
        let file = "kernel-patches/toy/mutants/\(name).patch"
        try toy.write("Subject: s\nBreaks: C1\nKilled-by: w\n\n---\n\(diff)", to: file)
        return try Mutant(file: toy.folder.appending(path: file))
    }

    private func build(_ mutant: Mutant, withTree: Bool = true) async throws -> KernelBuild {
        try await builder.build(mutant, over: series, forking: patched, withTree: withTree, onProgress: progress.add)
    }

    private func content(_ build: KernelBuild, _ path: String) throws -> String {
        try String(contentsOf: build.tree.appending(path: path), encoding: .utf8)
    }

    private func returning(_ value: Int) async throws -> Mutant {
        try await mutant("returns-\(value)") { $0.replacing("return 66;", with: "return \(value);") }
    }

    @Test func aMutantIsThePatchedKernelWithOneChange() async throws {
        let build = try await build(try await returning(67))
        #expect(progress.compiled == ["mm/mmap.o"])
        #expect(build.subject.isMutant)
        #expect(build.record.patches.map(\.patch) == ["six.patch", "returns-67.patch"])
        #expect(build.record.patches.map(\.application) == [.clean, .clean])
        #expect(build.code != patched.code)
        #expect(try content(build, "mm/mmap.c").contains("return 67;"))
        #expect(try content(patched, "mm/mmap.c").contains("return 66;"))
    }

    @Test func theNextMutantTakesTheChangeBackAndOnlyCompilesWhatDiffers() async throws {
        _ = try await build(try await returning(67))
        _ = progress.compiled
        let rmap = try await mutant("rmap", "mm/rmap.c") { $0.replacing("return 2;", with: "return 22;") }
        let build = try await build(rmap)
        #expect(progress.compiled == ["mm/mmap.o", "mm/rmap.o"])
        #expect(try content(build, "mm/mmap.c") == content(patched, "mm/mmap.c"))
    }

    @Test func aMutantThatWasBuiltBeforeIsNotBuiltAgain() async throws {
        let first = try await returning(67)
        let image = try Data(contentsOf: try await build(first).bzImage)
        for value in 70..<76 { _ = try await build(try await returning(value)) }
        _ = progress.compiled
        let again = try await build(first, withTree: false)
        #expect(progress.compiled.isEmpty)
        #expect(again.reused)
        #expect(try Data(contentsOf: again.bzImage) == image)
        // Its tree has become another mutant's, which a module must not be built against.
        await #expect(throws: BuildError.treeTaken(tree: again.tree.path)) {
            try await again.makeModules(in: toy.folder)
        }
        #expect(try await !build(first).reused)
        #expect(progress.compiled == ["mm/mmap.o"])
    }

    @Test func aMutantThatChangesACommentOnlyDoesNotDiffer() async throws {
        // The toy's functions then stand on other lines, and one of them returns the number of its own.
        let lines = "int line(void) { return __LINE__; }\n"
        try toy.write(try toy.text("toy/mm/rmap.c") + lines, to: "toy/mm/rmap.c")
        let source = try await toy.source()
        let builder = try await toy.builder()
        let series = try await SeriesRehearsal(
            of: try PatchSeries(file: toy.seriesFile), on: source, cache: toy.cache
        ).application()
        let patched = try await builder.build(.patched, series: series)
        let old = try toy.text("toy/mm/rmap.c")
        let comment = try mutant(
            "comment", diff: try await toy.patch("mm/rmap.c", old, "/* a word\n * more */\n" + old))
        let error = MutantError.doesNotDiffer(mutant: "comment")
        await #expect(throws: error) { try await builder.build(comment, over: series, forking: patched) }
        // The same again: that it was built does not make it differ.
        await #expect(throws: error) {
            try await builder.build(comment, over: series, forking: patched, withTree: false)
        }
        let real = old.replacing("return __LINE__;", with: "return __LINE__ + 1;")
        let change = try mutant("change", diff: try await toy.patch("mm/rmap.c", old, "/* a word */\n" + real))
        #expect(try await builder.build(change, over: series, forking: patched).code != patched.code)
    }

    @Test func aMutantThatIsInThePatchedTreeAlreadyDoesNotDiffer() async throws {
        let mutant = try mutant("six", diff: try await toy.stepSix(returns: 66))
        await #expect(throws: MutantError.doesNotDiffer(mutant: "six")) { try await build(mutant) }
    }

    @Test func aMutantThatDoesNotApplyIsAnErrorThatShowsTheReject() async throws {
        let mutant = try mutant("bad", diff: try await toy.patch("mm/mmap.c", "a\nb\nc\n", "a\nB\nc\n"))
        let error = await #expect(throws: MutantError.self) { try await build(mutant) }
        guard case .doesNotApply("bad", let rejects) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(rejects.contains("Hunk #1 FAILED"))
        #expect(progress.compiled.isEmpty)
    }

    @Test func aMutantThatDoesNotCompileIsAnErrorThatNamesTheLineItHasInThePatchedTree() async throws {
        let mutant = try await mutant("bad") {
            "/* one\n   more */\n" + $0.replacing("return 66;", with: "return nothing;")
        }
        let error = await #expect(throws: MutantError.self) { try await build(mutant) }
        guard case .doesNotBuild("bad", let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let lines = try content(patched, "mm/mmap.c").split(separator: "\n", omittingEmptySubsequences: false)
        let number = try #require(lines.firstIndex { $0.contains("return 66;") }) + 1
        #expect(reason.contains("mm/mmap.c:\(number):"))
        #expect(reason.contains("nothing"))
        // It does not affect the next one.
        #expect(try await build(try await returning(68)).code != patched.code)
    }
}
