import Foundation
import PatchImport
import Patches
import Testing

/// Pages whose patch cannot be had, each with what is said of it.
@Suite struct PatchImportErrorTests {
    static let whole = PatchPageTests.whole

    static func page(_ text: String) -> PatchPage { PatchPageTests.page(text) }

    /// The line of `whole` that begins with `text`, counted from 1, as the first of those kept.
    static func upTo(_ text: String) throws -> String {
        String(whole[..<(try #require(whole.range(of: text)).lowerBound)])
    }

    @Test(arguments: [
        "", "\n", "A page\nwithout\n", "--- \na rule, and\n+++ none\n", "diff -u is a program\n@@ -1 +1 @@\n",
    ])
    func aPageWithNoPatch(text: String) {
        let error = #expect(throws: PatchImportError.self) { try Self.page(text).patch() }
        let lines = text.count { $0 == "\n" }
        #expect(error == .noPatch(lines: lines, quoted: nil))
        #expect(error?.description.contains("none of its \(lines) lines begins a diff") == true)
    }

    @Test func aQuotedPatchIsNoneAndIsNamed() {
        let quoted = Self.whole.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        #expect(throws: PatchImportError.noPatch(lines: 19, quoted: 7)) {
            try Self.page(quoted.joined(separator: "\n")).patch()
        }
    }

    @Test func twoMailsAreListedAndOneIsChosen() throws {
        let second = Self.whole.replacing("count", with: "tally")
        let page = Self.page("top\n\n\(Self.whole)\nbetween\n\n\(second)")
        let list = [
            "line 9: [mm] count: the pages of an mm; 1 file: mm/count.c",
            "line 30: [mm] tally: the pages of an mm; 1 file: mm/tally.c",
        ]
        let error = #expect(throws: PatchImportError.severalPatches(list)) { try page.patch() }
        #expect(error?.description.contains("give --choose N:\n  1: \(list[0])\n  2: \(list[1])") == true)
        #expect(PatchPageTests.text(try page.patch(1)) == Self.whole)
        #expect(try page.patch(1).mends == [.leftOutAbove(lines: 1), .leftOutBelow(lines: 1, first: 22)])
        #expect(PatchPageTests.text(try page.patch(2)) == second)
        for choice in [0, 3] {
            #expect(throws: PatchImportError.noSuchPatch(choice: choice, patches: list)) { try page.patch(choice) }
        }
    }

    @Test func twoDiffsOfOneFileAreTwoPatches() throws {
        let page = Self.page("\(PatchPageTests.diff)\nor rather\n\n\(PatchPageTests.diff)\n")
        #expect(page.patches.count == 2)
        #expect(throws: PatchImportError.self) { try page.patch() }
    }

    @Test func twoFilesInOneMailAreOnePatch() throws {
        let page = Self.page(Self.whole + PatchPageTests.diff.replacing("count", with: "tally") + "\n")
        #expect(try page.patch().files == ["mm/count.c", "mm/tally.c"])
    }

    @Test func aBrokenPatchDoesNotHideAWholeOne() throws {
        let page = Self.page("\(try Self.upTo("+\treturn"))\n\n\(Self.whole)")
        #expect(page.patches.count == 2)
        #expect(throws: PatchImportError.broken(.cutOff(line: 15, hunk: 11, oldLines: 2, newLines: 3))) {
            try page.patch(1)
        }
        #expect(PatchPageTests.text(try page.patch(2)) == Self.whole)
    }

    @Test func thePlaceWhereThePatchIsCutOffIsSaid() throws {
        let cut = try Self.upTo("+\treturn")
        let error = PatchImportError.broken(.cutOff(line: 15, hunk: 11, oldLines: 2, newLines: 3))
        for text in [cut, "\(cut)\n\n\n", "\(cut)\n\nNext page\n", "\(cut)Next page\n", String(cut.dropLast())] {
            #expect(throws: error) { try Self.page(text).patch() }
        }
        #expect(error.description.contains("after line 15 of the page: the hunk at line 11 lacks 2 more lines"))
    }

    @Test func emptyLinesOfThePageDoNotStandInForLostOnes() throws {
        // The hunk lacks its last two lines, and the page ends with two empty ones.
        let cut = try Self.upTo(" }\n")
        #expect(throws: PatchImportError.broken(.cutOff(line: 16, hunk: 11, oldLines: 2, newLines: 2))) {
            try Self.page("\(cut)\n\n").patch()
        }
        // This page keeps the blanks of its empty lines.
        let two = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n \n+one\n"
        #expect(throws: PatchImportError.broken(.cutOff(line: 5, hunk: 3, oldLines: 1, newLines: 1))) {
            try Self.page("\(two)\nbelow\n").patch()
        }
    }

    @Test func aDiffWithoutAHunkIsCutOff() throws {
        for text in [try Self.upTo("@@ -3"), try Self.upTo("--- a/mm")] {
            let lines = text.count { $0 == "\n" }
            #expect(throws: PatchImportError.broken(.noHunk(line: lines, path: "b/mm/count.c"))) {
                try Self.page(text).patch()
            }
        }
        #expect(throws: PatchImportError.broken(.cutOff(line: 11, hunk: 11, oldLines: 0, newLines: 0))) {
            try Self.page("\(try Self.upTo(" +3,6"))\n").patch()
        }
    }

    @Test(arguments: ["diff", "diff --git", "diff --git a/mm/tal", "Index: mm/tal", "--- a/mm/tally.c"])
    func aPageThatEndsWhereTheNextDiffBeginsIsCutOff(begin: String) {
        for end in ["", "\n", "\n\n"] {
            let error = #expect(throws: PatchImportError.self) { try Self.page("\(Self.whole)\(begin)\(end)").patch() }
            #expect(error?.description.contains("it is cut off after line 19 of the page") == true)
        }
    }

    @Test(arguments: ["@@ -3,5 +3,7 @@", "@@ -3,4 +3,5 @@", "@@ -3,6 +3,7 @@", "@@ -3,3 +3,6 @@"])
    func wrongCountsAreNotMended(header: String) throws {
        let more = "@@ -20 +21 @@\n-one\n+two\n"
        let text = Self.whole.replacing("@@ -3,5 +3,6 @@", with: header) + more
        let wrong = PatchImportError.broken(
            .wrongCounts(hunk: 11, header: "\(header) int first(void)", oldLines: 5, newLines: 6))
        #expect(throws: wrong) { try Self.page(text).patch() }
        #expect(wrong.description.contains("has 5 lines of the old file and 6 of the new"))
    }

    @Test func aLineThatWasLostIsNotMended() throws {
        let text = Self.whole.replacing(" {\n", with: "") + "@@ -20 +21 @@\n-one\n+two\n"
        #expect(
            throws: PatchImportError.broken(
                .wrongCounts(hunk: 11, header: "@@ -3,5 +3,6 @@ int first(void)", oldLines: 4, newLines: 5))
        ) { try Self.page(text).patch() }
    }

    @Test func theRestOfAWrappedLineBetweenTwoFilesIsRefused() throws {
        let second = PatchPageTests.diff.replacing("count", with: "tally") + "\n"
        let wrapped = PatchPageTests.whole.replacing("\n \n", with: "\n \nwrapped\n") + second
        let error = #expect(throws: PatchImportError.strayLine(line: 19)) { try Self.page(wrapped).patch() }
        #expect(error?.description.contains("line 19 of the page is right below a hunk") == true)
        for line in ["Only in b/mm: new.c", "\nmm/tally.c, too:"] {
            let patch = try Self.page(PatchPageTests.whole + "\(line)\n" + second).patch()
            #expect(PatchPageTests.text(patch) == PatchPageTests.whole + second)
        }
    }

    @Test func aBinaryChangeIsRefused() throws {
        let text = "diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n"
        #expect(throws: PatchImportError.broken(.binary(line: 3))) { try Self.page(text).patch() }
    }
}
