import Evidence
import Foundation
import Patches
import TestSupport
import Testing

/// Patches that are for some trees only; the toy tree is 6.1.7-toy.
struct SeriesConditionTests {
    private let toy: ToyKernel

    init() throws { toy = try ToyKernel() }

    private func rehearse(_ lines: String, _ patches: [String: String]) async throws -> SeriesRehearsal {
        for (name, text) in patches { try toy.write(text, to: "kernel-patches/toy/\(name)") }
        try toy.write(lines, to: "kernel-patches/toy/series")
        return try await SeriesRehearsal(
            of: try PatchSeries(file: toy.seriesFile), on: try await toy.source(), cache: toy.cache)
    }

    private func foreign() async throws -> String {
        try await toy.patch("mm/mmap.c", "int another_tree;\n", "int another_tree = 1;\n")
    }

    @Test(arguments: [
        ("# only: 6.1.*", true), ("# only: *.el5 *-toy", true), ("-p1 # why # only: 6.1.7-toy", true),
        ("# not: *.el5", true), ("# only: 6.* # not: *.el5", true), ("# onlyx: *.el5", true),
        ("# only: *.el5", false), ("-p1 # only: 2.6.18", false), ("# not: 6.?.7-*", false),
        ("# only: 6.* # not: *-toy", false),
    ])
    func patchIsTakenOrLeft(comment: String, taken: Bool) async throws {
        let six = try await toy.stepSix(returns: 66)
        let rmap = try await toy.patch("mm/rmap.c") { $0.replacing("return 2;", with: "return 22;") }
        let rehearsal = try await rehearse(
            "always.patch\nsix.patch \(comment)\n", ["six.patch": six, "always.patch": rmap])
        #expect(
            rehearsal.outcomes == [
                PatchOutcome(patch: "always.patch", application: .clean),
                PatchOutcome(patch: "six.patch", application: taken ? .clean : .notForThisTree),
            ])
        #expect(try rehearsal.application().touchedFiles == (taken ? ["mm/mmap.c", "mm/rmap.c"] : ["mm/rmap.c"]))
    }

    @Test func patchOfAnotherTreeMayNotFit() async throws {
        let rehearsal = try await rehearse(
            "foreign.patch # only: *.el5\nsix.patch\n",
            ["foreign.patch": try await foreign(), "six.patch": try await toy.stepSix(returns: 66)])
        #expect(rehearsal.outcomes.map(\.application) == [.notForThisTree, .clean])
        #expect(rehearsal.outcomes[0].application.description == "not for this tree")
        #expect(try rehearsal.application().outcomes == rehearsal.outcomes)
    }

    private func message(_ lines: String) async throws -> String {
        let rehearsal = try await rehearse(
            lines,
            [
                "foreign.patch": try await foreign(), "other.patch": try await foreign(),
                "six.patch": try await toy.stepSix(returns: 66), "garbage.patch": "words\n",
            ])
        let error = #expect(throws: SeriesError.self) { try rehearsal.application() }
        return error.map { "\($0)" } ?? ""
    }

    @Test(arguments: [
        "foreign.patch\n", "foreign.patch\nother.patch\n", "six.patch # only: *.el5\nforeign.patch\n",
        "six.patch # not: 6.1.*\n",
    ])
    func seriesOfAnotherTreeSaysSoAndNamesTheVersion(lines: String) async throws {
        let message = try await message(lines)
        #expect(message.contains("to Linux 6.1.7-toy: it is for another tree"))
        #expect(message.contains("Hunk #1 FAILED") == lines.contains("foreign.patch"))
    }

    @Test(arguments: ["foreign.patch\nsix.patch\n", "six.patch\nforeign.patch\n", "garbage.patch\n"])
    func onePatchThatDoesNotFitIsNotAnotherTree(lines: String) async throws {
        let message = try await message(lines)
        #expect(message.hasPrefix("cannot apply \(lines.contains("garbage") ? "garbage" : "foreign").patch:"))
        #expect(!message.contains("another tree"))
    }

    @Test func treeThatHasWhatTheSeriesBringsIsNotPatched() async throws {
        try toy.write("", to: "toy/mm/notifier.h")
        try toy.write("foreign.patch\n", to: "kernel-patches/toy/series")
        try toy.write(try await foreign(), to: "kernel-patches/toy/foreign.patch")
        let series = try PatchSeries(file: toy.seriesFile)
        let source = try await toy.source()
        let has = try await SeriesRehearsal(of: series, providing: "mm/notifier.h", on: source, cache: toy.cache)
        #expect(has.provided == "mm/notifier.h")
        #expect(has.outcomes.isEmpty)
        #expect(try has.application().touchedFiles.isEmpty)
        let lacks = try await SeriesRehearsal(of: series, providing: "mm/other.h", on: source, cache: toy.cache)
        #expect(lacks.provided == nil)
        #expect(throws: SeriesError.self) { try lacks.application() }
    }
}
