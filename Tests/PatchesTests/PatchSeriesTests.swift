import Files
import Foundation
import Patches
import TestSupport
import Testing

struct PatchSeriesTests {
    private let toy: ToyKernel

    init() throws { toy = try ToyKernel() }

    @Test func readsQuiltsFormat() throws {
        try toy.write("first", to: "kernel-patches/toy/a.patch")
        try toy.write("second", to: "kernel-patches/toy/sub/b.patch")
        try toy.write("\n# a comment\na.patch # why\n\n  sub/b.patch -p0\r\n", to: "kernel-patches/toy/series")
        let series = try PatchSeries(file: toy.seriesFile)
        #expect(series.patches.map(\.name) == ["a.patch", "sub/b.patch"])
        #expect(series.patches.map(\.strip) == [1, 0])
    }

    @Test func mayBeEmpty() throws {
        #expect(try PatchSeries(file: toy.seriesFile).patches.isEmpty)
    }

    @Test func namesTheMissingPatchAndItsLine() throws {
        try toy.write("# one\ngone.patch\n", to: "kernel-patches/toy/series")
        #expect(throws: SeriesError.missingPatch(series: toy.seriesFile.path, line: 2, patch: "gone.patch")) {
            try PatchSeries(file: toy.seriesFile)
        }
    }

    @Test(arguments: [
        "a.patch -R", "a.patch -p", "a.patch -p-1", "a.patch b.patch", "a.patch -p1 -p1", "a.patch # only:",
        "a.patch # if known",
    ])
    func refusesWhatItDoesNotKnow(line: String) throws {
        try toy.write("first", to: "kernel-patches/toy/a.patch")
        try toy.write("\(line)\n", to: "kernel-patches/toy/series")
        #expect(throws: SeriesError.malformed(series: toy.seriesFile.path, line: 1, text: line)) {
            try PatchSeries(file: toy.seriesFile)
        }
    }

    @Test func namesAMissingSeries() throws {
        let file = toy.folder.appending(path: "no-series")
        let error = #expect(throws: FileError.self) { try PatchSeries(file: file) }
        #expect(error.map { "\($0)" }?.hasPrefix("cannot read \(file.path): ") == true)
    }
}
