import Foundation
import PatchImport
import Testing

/// Pages a patch is found in, and what the web does to them.
@Suite struct PatchPageTests {
    static let mail = """
        From: A Person <a@example.org>
        Date: Mon, 6 Apr 2009 10:00:00 +0000
        Subject: [mm] count: the pages of an mm

        Nobody counts them.
        """

    static let diff = """
        diff --git a/mm/count.c b/mm/count.c
        index 1111111..2222222 100644
        --- a/mm/count.c
        +++ b/mm/count.c
        @@ -3,5 +3,6 @@ int first(void)
         int count(struct mm *mm)
         {
        -\treturn mm->a < 0 && mm->b;
        +\tint b = mm->b;
        +\treturn mm->a < 1 && b;
         }
         
        """

    /// Mail and diff as nobody spoilt them.
    static let whole = "\(mail)\n\n\(diff)\n"

    static func page(_ text: String) -> PatchPage { PatchPage(Data(text.utf8)) }

    static func text(_ patch: PagePatch) -> String { String(decoding: patch.content, as: UTF8.self) }

    @Test func aWholePatchIsTakenAsItIs() throws {
        let patch = try Self.page(Self.whole).patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [])
        #expect(patch.subject == "[mm] count: the pages of an mm")
        #expect(patch.files == ["mm/count.c"])
        #expect(patch.strip == 1)
    }

    @Test func thePagesOwnWordsAreLeftOutAndCounted() throws {
        let page = Self.page("Site\n\nhome > files\n\n\(Self.whole)\nNext  Prev\n\nCopyright\n")
        let patch = try page.patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [.leftOutAbove(lines: 2), .leftOutBelow(lines: 2, first: 24)])
    }

    @Test func aSignatureIsNoPartOfThePatch() throws {
        let patch = try Self.page("\(Self.whole)-- \n2.30.1\n").patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [.leftOutBelow(lines: 2, first: 19)])
    }

    @Test func theMissingFinalNewlineIsAdded() throws {
        let patch = try Self.page(String(Self.whole.dropLast())).patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [.finalNewline(line: 18)])
    }

    @Test func carriageReturnsAreDropped() throws {
        let patch = try Self.page(Self.whole.replacing("\n", with: "\r\n")).patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends.first?.description == "turned CRLF into LF (16 lines)")
        #expect(patch.mends.count == 1)
    }

    @Test func aPatchToAFileWithCarriageReturnsKeepsThem() throws {
        let text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\r\n+two\r\n"
        #expect(Self.text(try Self.page(text).patch()) == text)
    }

    @Test func entitiesBecomeText() throws {
        let escaped = Self.whole.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        // The page's own words above the mail do not count.
        let patch = try Self.page("Tom & Jerry <3\n\n\(escaped)").patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [.entities(lines: 4, first: 3), .leftOutAbove(lines: 1)])
    }

    @Test func anEntityThatThePatchMeansStays() throws {
        let text = "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n <para>\n+a &lt; b\n"
        #expect(Self.text(try Self.page(text).patch()) == text)
    }

    @Test func nonBreakingSpacesBecomeBlanks() throws {
        let patch = try Self.page(Self.whole.replacing("\n int", with: "\n\u{A0}int")).patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [.nonBreakingSpaces(lines: 1, first: 12)])
    }

    @Test func theBlankOfAnEmptyLineOfContextIsPutBack() throws {
        let patch = try Self.page(Self.whole.replacing("\n \n", with: "\n\n") + "\nbelow\n").patch()
        #expect(Self.text(patch) == Self.whole)
        #expect(patch.mends == [.emptyContext(lines: 1, first: 18), .leftOutBelow(lines: 1, first: 20)])
    }

    @Test func bytesThatAreNotUTF8AreKept() throws {
        var page = Data("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n ".utf8)
        page += Data([0xE9, 0xA0, 0x0A]) + Data("+".utf8) + Data([0xC3, 0xA0, 0x0A])
        #expect(try PatchPage(page).patch().content == page)
    }

    @Test func transportHeadersAreLeftOutAndOthersKept() throws {
        let patch = try Self.page(
            "Received: from a\n by b\nX-Mailer: m\nBugzilla: 1\n\(Self.whole)"
        ).patch()
        #expect(Self.text(patch) == "Bugzilla: 1\n\(Self.whole)")
        #expect(patch.mends == [.transportHeaders(lines: 3)])
    }

    @Test func gitLogsHeaderBecomesAMails() throws {
        let log = """
            tree view

            commit 0123456789012345678901234567890123456789
            Author: A Person <a@example.org>
            Date:   Mon Apr 6 10:00:00 2009 +0000

                [mm] count: the pages of an mm

                Nobody counts them.

            """
        let patch = try Self.page("\(log)\n\(Self.diff)\n").patch()
        let date = Self.whole.replacing("Mon, 6 Apr 2009 10:00:00 +0000", with: "Mon Apr 6 10:00:00 2009 +0000")
        #expect(Self.text(patch) == date)
        #expect(patch.mends == [.gitLogHeader(line: 3), .leftOutAbove(lines: 1)])
    }

    @Test func withoutAMailHeaderTheWordsAboveAreKept() throws {
        let patch = try Self.page("Counts pages.\n\n\(Self.diff)\n").patch()
        #expect(Self.text(patch) == "Counts pages.\n\n\(Self.diff)\n")
        #expect(patch.mends == [.noMailHeader(kept: 1)])
        #expect(throws: PatchImportError.noName) { try patch.name(nil) }
    }

    @Test(arguments: [
        "Index: linux/mm/count.c\n===================================================================\n",
        "diff -urN linux.orig/mm/count.c linux/mm/count.c\n", "",
    ])
    func olderFormsAreFound(header: String) throws {
        let hunk = "@@ -1 +1 @@\n-one\n+two\n"
        let names = "--- linux.orig/mm/count.c\t2009-04-06 10:00:00\n+++ linux/mm/count.c\t2009-04-06 10:00:01\n"
        let patch = try Self.page("\(header)\(names)\(hunk)").patch()
        #expect(Self.text(patch) == "\(header)\(names)\(hunk)")
        #expect(patch.files == ["mm/count.c"])
        #expect(patch.strip == 1)
    }

    @Test func namesWithoutALeadingFolderAreSaid() throws {
        let text =
            "Index: mm/count.c\n=====\n--- mm/count.c\t(revision 1)\n+++ mm/count.c\t(revision 2)\n@@ -1 +1 @@\n-a\n+b\n"
        let patch = try Self.page(text).patch()
        #expect(patch.strip == 0)
        #expect(patch.files == ["mm/count.c"])
        #expect(patch.mends == [.noLeadingFolder])
    }

    @Test func aRenameNeedsNoHunk() throws {
        let rename = "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n"
        let text = "\(rename)\(Self.diff)\n"
        #expect(Self.text(try Self.page(text).patch()) == text)
    }

    @Test func lostTabsAreSaid() throws {
        let blanks = Self.whole.replacing("\t", with: "        ")
        #expect(try Self.page(blanks).patch().mends == [.noTabs(first: 14)])
    }
}
