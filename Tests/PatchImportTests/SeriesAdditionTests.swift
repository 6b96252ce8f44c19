import Files
import Foundation
import PatchImport
import Patches
import Testing

@Suite final class SeriesAdditionTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-addition-\(UUID().uuidString)")
    let series: URL
    let patch: PagePatch

    init() throws {
        series = folder.appending(path: "series")
        patch = try PatchPageTests.page(PatchPageTests.whole).patch()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The last line has no newline.
        try Data("# ours\nfirst.patch -p0".utf8).write(to: series)
        try Data().write(to: folder.appending(path: "first.patch"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func add(_ name: String, to series: URL? = nil) async throws -> SeriesAddition {
        try await SeriesAddition(
            patch, named: name, to: series ?? self.series, lock: folder.appending(path: "lock/file"))
    }

    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    @Test func thePatchIsTheLastOfTheSeries() async throws {
        let addition = try await add("second.patch")
        #expect(try Data(contentsOf: addition.patch) == patch.content)
        #expect(try String(contentsOf: series, encoding: .utf8) == "# ours\nfirst.patch -p0\nsecond.patch\n")
        #expect(try PatchSeries(file: series).patches.map(\.name) == ["first.patch", "second.patch"])
        #expect(try files == ["first.patch", "lock", "second.patch", "series"])
    }

    @Test func aPatchThatIsThereIsNotReplaced() async throws {
        let file = folder.appending(path: "mine.patch")
        try Data("mine".utf8).write(to: file)
        let before = try Data(contentsOf: series)
        await #expect(throws: PatchImportError.patchExists(path: file.path)) { try await add("mine.patch") }
        #expect(try Data(contentsOf: file) == Data("mine".utf8))
        #expect(try Data(contentsOf: series) == before)
        #expect(try files == ["first.patch", "lock", "mine.patch", "series"])
    }

    @Test func aNameInTheSeriesIsNotNamedTwice() async throws {
        await #expect(throws: PatchImportError.alreadyInSeries(patch: "first.patch", series: series.path)) {
            try await add("first.patch")
        }
    }

    @Test func aSeriesThatCannotBeWrittenLeavesNoPatch() async throws {
        // A directory in place of the series file, because even root cannot write to it.
        let other = folder.appending(path: "target/series")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        await #expect(throws: FileError.self) { try await add("second.patch", to: other) }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "target").path) == ["series"])
    }

    @Test func manyAtOnceAreAllAdded() async throws {
        let (patch, series, lock) = (patch, series, folder.appending(path: "lock/file"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask { _ = try await SeriesAddition(patch, named: "n\(number).patch", to: series, lock: lock) }
            }
            try await group.waitForAll()
        }
        #expect(try PatchSeries(file: series).patches.count == 9)
    }

    @Test func blanksThatATreeHasAsTabsAreRefused() throws {
        let tree = folder.appending(path: "tree")
        try FileManager.default.createDirectory(at: tree.appending(path: "mm"), withIntermediateDirectories: true)
        let old = "int first(void)\n{\nint count(struct mm *mm)\n{\n\treturn mm->a < 0 && mm->b;\n}\n\n"
        try Data(old.utf8).write(to: tree.appending(path: "mm/count.c"))
        #expect(try patch.check(against: tree))
        let blanks = PatchPageTests.whole.replacing("\t", with: "        ")
        #expect(throws: PatchImportError.spacesDiffer(hunk: 11, file: "mm/count.c")) {
            _ = try PatchPageTests.page(blanks).patch().check(against: tree)
        }
        // Another tree altogether proves nothing about tabs.
        let other = try PatchPageTests.page(blanks.replacing("count", with: "tally")).patch()
        #expect(try !other.check(against: tree))
    }
}
