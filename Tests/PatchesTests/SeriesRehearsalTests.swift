import Evidence
import Foundation
import HostTools
import KernelSources
import Patches
import TestSupport
import Testing

struct SeriesRehearsalTests {
    private let toy: ToyKernel

    init() throws { toy = try ToyKernel() }

    /// The complaint of a rejected patch, or nothing.
    private func rejects(_ patch: String) async throws -> String {
        guard case .rejected(let text) = try await toy.outcome(of: patch) else { return "" }
        return text
    }

    @Test func cleanPatch() async throws {
        let rehearsal = try await toy.rehearse(["one.patch": try await toy.stepSix(returns: 66)])
        #expect(rehearsal.outcomes == [PatchOutcome(patch: "one.patch", application: .clean)])
        #expect(try rehearsal.application().touchedFiles == ["mm/mmap.c"])
    }

    @Test func emptySeries() async throws {
        #expect(try await toy.rehearse([:]).application().touchedFiles.isEmpty)
    }

    @Test func offsetInLines() async throws {
        let patch = try await toy.stepSix(returns: 66)
        try toy.write("/* one */\n/* two */\n" + (try toy.text("toy/mm/mmap.c")), to: "toy/mm/mmap.c")
        #expect(try await toy.outcome(of: patch) == .offset(lines: 2))
    }

    @Test func fuzz() async throws {
        let patch = try await toy.stepSix(returns: 66)
        let changed = try toy.text("toy/mm/mmap.c").replacing("int step_7", with: "long step_7")
        try toy.write(changed, to: "toy/mm/mmap.c")
        #expect(try await toy.outcome(of: patch) == .fuzz(factor: 1))
    }

    @Test func alreadyAppliedPatchIsNotAppliedAgain() async throws {
        let patch = try await toy.patch("mm/mmap.c") { $0 + "int appended;\n" }
        try toy.write(try toy.text("toy/mm/mmap.c") + "int appended;\n", to: "toy/mm/mmap.c")
        let rehearsal = try await toy.rehearse(["one.patch": patch])
        #expect(rehearsal.outcomes.map(\.application) == [.alreadyApplied])
        // Base and patched would be one kernel, and any verdict over them empty.
        #expect(throws: SeriesError.changesNothing(series: toy.seriesFile.path, version: "6.1.7-toy")) {
            try rehearsal.application()
        }
    }

    @Test func rejectedPatchShowsItsHunkAndEndsTheSeries() async throws {
        let patch = try await toy.patch("mm/mmap.c", "a\nb\nc\n", "a\nB\nc\n")
        let rehearsal = try await toy.rehearse([
            "good.patch": try await toy.stepSix(returns: 66), "bad.patch": patch, "late.patch": patch,
        ])
        #expect(rehearsal.outcomes.map(\.patch) == ["good.patch", "bad.patch"])
        let error = #expect(throws: SeriesError.self) { try rehearsal.application() }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("bad.patch"))
        #expect(message.contains("Hunk #1 FAILED"))
        #expect(message.contains("+B"))
    }

    @Test func rejectedPatchLeavesTheSourceAlone() async throws {
        let tree = try await toy.source().tree
        let before = try await listing(tree)
        let patch = try await toy.patch("mm/mmap.c", "a\nb\nc\n", "a\nB\nc\n")
        _ = try await toy.rehearse(["good.patch": try await toy.stepSix(returns: 66), "bad.patch": patch])
        #expect(try await listing(tree) == before)
        let scratch = toy.cache.folder.appending(path: "scratch")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).allSatisfy { $0.hasSuffix(".lock") })
    }

    private func listing(_ tree: URL) async throws -> [String] {
        try await HostTool("find").run(to: "list", [tree.path, "-printf", "%p %s %T@ %n\\n"]).lines.sorted()
    }

    @Test(arguments: 1...7) func patchCutOffInItsHunk(lines: Int) async throws {
        let whole = try await toy.stepSix(returns: 66).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
        let cut = whole.dropLast(lines).joined(separator: "\n") + "\n"
        #expect(try await rejects(cut).contains("the hunk at line 3 is cut off by the end of the file"))
    }

    @Test func patchCutOffInALine() async throws {
        let cut = String(try await toy.stepSix(returns: 66).dropLast(30))
        let text = try await rejects(cut)
        #expect(text.contains("the hunk at line 3 is cut off"))
        #expect(text.contains("patch: **** unexpected end of file in patch"))
    }

    @Test func malformedPatchIsRejectedInPatchsWords() async throws {
        let patch = try await toy.stepSix(returns: 66).replacing("-\treturn 6;", with: "?\treturn 6;")
        #expect(try await rejects(patch).contains("malformed patch at line"))
    }

    @Test func patchWithNothingInIt() async throws {
        #expect(try await rejects("") == "the patch is empty")
        #expect(try await rejects("only words\n").contains("Only garbage was found in the patch input"))
    }

    @Test func patchOfAFileTheTreeLacks() async throws {
        let patch = try await toy.patch("mm/gone.c", "a\nb\nc\n", "a\nB\nc\n")
        let text = try await rejects(patch)
        #expect(text.contains("can't find file to patch"))
        #expect(text.contains("mm/gone.c"))
    }

    @Test(arguments: ["a/../../outside", "a/mm/../../outside", "/../outside"])
    func refusesNamesThatLeaveTheTree(name: String) async throws {
        try toy.write("a\nb\nc\n", to: "outside")
        let patch = try await toy.patch("mm/mmap.c", "a\nb\nc\n", "a\nB\nc\n")
            .replacing("a/mm/mmap.c", with: name).replacing("b/mm/mmap.c", with: name)
        #expect(try await rejects(patch) == "line 1 names \(name), which is outside the tree")
        #expect(try toy.text("outside") == "a\nb\nc\n")
    }

    @Test func refusesAbsoluteNames() async throws {
        try toy.write("a\nb\nc\n", to: "outside")
        let file = toy.folder.appending(path: "outside").path
        let patch = try await toy.patch("x", "a\nb\nc\n", "a\nB\nc\n").replacing("a/x", with: file).replacing(
            "b/x", with: file)
        try toy.write(patch, to: "kernel-patches/toy/one.patch")
        try toy.write("one.patch -p0\n", to: "kernel-patches/toy/series")
        let series = try PatchSeries(file: toy.seriesFile)
        let outcomes = try await SeriesRehearsal(of: series, on: try await toy.source(), cache: toy.cache).outcomes
        #expect(
            outcomes.map(\.application) == [.rejected(rejects: "line 1 names \(file), which is outside the tree")])
        #expect(try toy.text("outside") == "a\nb\nc\n")
    }

    @Test func aFolderWithALinkOutOfItIsRefused() async throws {
        try toy.write("a\nb\nc\n", to: "outside/file")
        try FileManager.default.createSymbolicLink(
            at: toy.tree.appending(path: "mm/link"), withDestinationURL: toy.folder.appending(path: "outside"))
        await #expect(throws: KernelSourceError.linkLeavesTree(path: toy.tree.path, link: "mm/link")) {
            try await toy.source()
        }
    }

    @Test func newDeletedAndRenamedFiles() async throws {
        let new = "--- /dev/null\n+++ b/mm/new/file.c\n@@ -0,0 +1 @@\n+int file;\n"
        let deleted = try await toy.patch("CREDITS") { _ in "" }.replacing("b/CREDITS", with: "/dev/null")
        let renamed = """
            diff --git a/mm/rmap.c b/mm/reverse.c
            similarity index 100%
            rename from mm/rmap.c
            rename to mm/reverse.c

            """
        let rehearsal = try await toy.rehearse(["new.patch": new, "deleted.patch": deleted, "renamed.patch": renamed])
        #expect(rehearsal.outcomes.map(\.application) == [.clean, .clean, .clean])
        #expect(
            try rehearsal.application().touchedFiles == ["CREDITS", "mm/new/file.c", "mm/reverse.c", "mm/rmap.c"])
    }

    @Test func secondPatchSeesTheFirst() async throws {
        let first = "--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1 @@\n+int file;\n"
        let second = try await toy.patch("mm/new.c", "int file;\n", "long file;\n")
        let back = try await toy.patch("mm/new.c", "long file;\n", "").replacing("b/mm/new.c", with: "/dev/null")
        let rehearsal = try await toy.rehearse([
            "1.patch": first, "2.patch": second, "3.patch": back, "4.patch": try await toy.stepSix(returns: 66),
        ])
        #expect(rehearsal.outcomes.map(\.application) == [.clean, .clean, .clean, .clean])
        #expect(try rehearsal.application().touchedFiles == ["mm/mmap.c"])
    }

    @Test func patchWithDosLineEnds() async throws {
        let patch = try await toy.stepSix(returns: 66).replacing("\n", with: "\r\n")
        #expect(try await toy.outcome(of: patch) == .clean)
    }

    @Test func mailAroundThePatch() async throws {
        let patch =
            "From: x\nSubject: --- a/../x\n\nwhy\n---\n mm/mmap.c | 2 +-\n\n"
            + (try await toy.stepSix(returns: 66)) + "-- \n2.39.5\n"
        #expect(try await toy.outcome(of: patch) == .clean)
    }

    @Test func digestIsOfTheEffect() async throws {
        let patch = try await toy.stepSix(returns: 66)
        let digests = [
            try await toy.rehearse(["a.patch": patch]),
            try await toy.rehearse(["b.patch": "In other words:\n\n\(patch)"]),
            try await toy.rehearse(["a.patch": try await toy.stepSix(returns: 67)]), try await toy.rehearse([:]),
        ].map { try? $0.application().digest }
        #expect(digests[0] == digests[1])
        #expect(Set(digests).count == 3)
    }
}
