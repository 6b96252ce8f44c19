import Foundation
import Testing

@testable import Patches

/// What a patch's text tells before GNU patch has seen it.
struct PatchTextTests {
    private func text(_ hunk: String) -> PatchText {
        PatchText(Data("Index: mm/a.c\n--- old/mm/b.c\n+++ new/mm/c.c\n\(hunk)".utf8), strip: 1)
    }

    @Test func everyNameThatGNUPatchCouldTakeCounts() {
        #expect(text("").paths == ["a.c", "mm/b.c", "mm/c.c"])
    }

    @Test(arguments: ["+--- a/x\n++++ b/x\n", "diff --git a/x b/x\n"])
    func whatAHunkHoldsNamesNoFile(lines: String) {
        #expect(text("@@ -1 +1,3 @@\n context\n\(lines)").paths == text("").paths)
    }

    @Test(arguments: ["@@ -1,3 +1,3 @@\n context\n", "@@ -1,3 +1,3 @@\n+one\n+two\n+three\n+four\n"])
    func aHunkThatTheEndOfTheFileCutsOffIsNamed(hunk: String) {
        #expect(text(hunk).truncatedHunk == 4)
        #expect(text("@@ -1 +1 @@\n-a\n+b\n").truncatedHunk == nil)
    }
}
