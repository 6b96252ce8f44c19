import Foundation
import HostTools
import Testing

@testable import Patches

struct LineNumbersTests {
    private func keep(_ old: String, _ new: String) -> String {
        String(decoding: LineNumbers.keep(of: Data(old.utf8), in: Data(new.utf8)), as: UTF8.self)
    }

    @Test func whatIsTheSameStays() {
        for text in ["", "a\n", "a\nb", "a\n\n"] { #expect(keep(text, text) == text) }
    }

    @Test func linesBehindAnAdditionAreNumberedAsBefore() {
        #expect(keep("a\nb\nc\n", "a\nnew\nnew\nb\nc\n") == "a\nnew\nnew\n#line 2\nb\nc\n")
    }

    @Test func linesBehindARemovalAreNumberedAsBefore() {
        #expect(keep("a\nb\nc\nd\n", "a\nd\n") == "a\n#line 4\nd\n")
    }

    @Test func aChangeThatShiftsNothingNeedsNoDirective() {
        #expect(keep("a\nb\nc\n", "a\nB\nc\n") == "a\nB\nc\n")
    }

    @Test func twoChangesHaveADirectiveEach() {
        #expect(keep("a\nb\nc\nd\n", "new\na\nb\nd\n") == "new\n#line 1\na\nb\n#line 4\nd\n")
    }

    @Test func nothingIsSaidOfTheEnd() {
        #expect(keep("a\nb\n", "a\n") == "a\n")
        #expect(keep("a\n", "a\nb\n") == "a\nb\n")
    }

    @Test func aDirectiveWaitsForTheEndOfACommentOrAMacro() {
        #expect(keep("/* a\n * b */\nc\n", "/* a\n * new\n * b */\nc\n") == "/* a\n * new\n * b */\n#line 3\nc\n")
        #expect(keep("#define a \\\nb\nc\n", "#define a \\\nnew \\\nb\nc\n") == "#define a \\\nnew \\\nb\n#line 3\nc\n")
        // Text that only looks like a comment does not delay it.
        #expect(keep("s = \"/*\";\nb\n", "s = \"/*\";\nnew\nb\n") == "s = \"/*\";\nnew\n#line 2\nb\n")
        #expect(keep("c = '\"'; // /*\nb\n", "c = '\"'; // /*\nnew\nb\n") == "c = '\"'; // /*\nnew\n#line 2\nb\n")
    }

    @Test func theCompilerSeesTheSameNumbers() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-lines-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let old = "int a = __LINE__;\nint b(int x,\n    int y) { return __LINE__; }\nint c = __LINE__;\n"
        let new = "/* new\n */\nint a = __LINE__;\nint b(int x,\n\n    int y) { return __LINE__; }\nint c = __LINE__;\n"
        func tokens(_ text: String) async throws -> [String] {
            let file = folder.appending(path: "t.c")
            try Data(text.utf8).write(to: file)
            return try await HostTool("gcc").run(to: "read \(file.path)", ["-E", "-P", file.path]).lines
        }
        #expect(try await tokens(keep(old, new)) == tokens(old))
        #expect(try await tokens(new) != tokens(old))
    }
}
