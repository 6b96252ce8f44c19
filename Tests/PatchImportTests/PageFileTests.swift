import Foundation
import PatchImport
import Testing

/// Pages that are not plain text.
@Suite struct PageFileTests {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "drydock-page-\(UUID().uuidString)")

    func read(_ text: String) async throws -> PageFile { try await PageFile(Data(text.utf8), scratch: scratch) }

    static func html(_ text: String) -> String {
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        return """
            <!DOCTYPE html><html><head><title>a page</title></head><body>
            <div>home &gt; files</div><pre>an index</pre>
            <pre id="b">\(escaped)</pre><hr>foot</body></html>

            """
    }

    @Test func plainTextIsLeftAlone() async throws {
        let page = try await read(PatchPageTests.whole)
        #expect(String(decoding: page.text, as: UTF8.self) == PatchPageTests.whole)
        #expect(page.mends == [])
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }

    @Test func aPatchThatAddsHTMLIsPlainText() async throws {
        let text = PatchPageTests.whole.replacing("+\tint b = mm->b;", with: "+<pre>x</pre>")
        #expect(try await read(text).mends == [])
    }

    @Test func thePatchIsTakenOutOfHTML() async throws {
        let whole = PatchPageTests.whole.replacing("A Person", with: "André Person")
        let marked = Self.html("\n\(whole)").replacing("+\tint", with: "<span class=\"add\">+\tint</span>")
        let page = try await read(marked)
        #expect(page.mends == [.html(elements: 2)])
        let patch = try PatchPage(page.text).patch()
        #expect(PatchPageTests.text(patch) == whole)
        #expect(patch.mends == [.leftOutAbove(lines: 1)])
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }

    @Test func textThatHTMLSwallowedIsRefused() async throws {
        let html = Self.html(PatchPageTests.whole).replacing("+\tint b = mm-&gt;b;", with: "+#include <linux/mm.h>")
        await #expect(throws: PatchImportError.unescapedHTML(tag: "linux")) { try await read(html) }
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }

    @Test(arguments: ["quoted-printable", "base64"]) func anEncodedMailIsDecoded(encoding: String) async throws {
        let body = "Nobody counts them.\n\n\(PatchPageTests.diff)\n"
        let encoded =
            encoding == "base64"
            ? Data(body.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
            : body.replacing("=", with: "=3D").replacing("return mm", with: "return =\nmm").replacing(
                " \n", with: "=20\n")
        let mail = """
            From lists@example.org Mon Apr  6 10:00:00 2009
            From: =?utf-8?q?Andr=C3=A9?= <a@example.org>
            Date: Mon, 6 Apr 2009 10:00:00 +0000
            Subject: [mm] count: the pages of an mm
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: \(encoding)

            \(encoded)

            """
        let page = try await read(mail)
        #expect(page.mends == [.mailEncoding])
        let patch = try PatchPage(page.text).patch()
        #expect(PatchPageTests.text(patch) == PatchPageTests.whole.replacing("A Person", with: "André"))
    }
}
