import Foundation
import HostTools
import Testing

/// `drydock series import` as a user types it.
@Suite struct ImportTests {
    static let patch = """
        From: A Person <a@example.org>
        Subject: [mm] one more line

        --- a/mm/rmap.c
        +++ b/mm/rmap.c
        @@ -1 +1,2 @@
        +/* one more line */
         FIRST

        """

    let command: Command
    let page: String

    init() throws {
        command = try Command()
        page = command.folder.appending(path: "page.txt").path
        try command.write("source: { directory: /nonexistent }\n", to: "kernel-patches/t/target.yaml")
        try command.write("# ours\n", to: "kernel-patches/t/series")
        try command.write("home > files\n\n\(Self.patch.dropLast())", to: "page.txt")
    }

    func read(_ path: String) -> String? {
        try? String(contentsOf: command.folder.appending(path: path), encoding: .utf8)
    }

    var patches: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: command.folder.appending(path: "kernel-patches/t").path)
                .sorted()
        }
    }

    @Test func thePatchIsAddedAndEveryMendReported() async throws {
        let result = try await command.run("series", "import", page, "--target", "t")
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(
            result.lines.dropLast() == [
                "added the newline that line 10, the last, lacks", "left out 1 line above the patch",
            ])
        #expect(result.lines.last?.hasSuffix("kernel-patches/t/series") == true)
        #expect(read("kernel-patches/t/mm-one-more-line.patch") == Self.patch)
        #expect(read("kernel-patches/t/series") == "# ours\nmm-one-more-line.patch\n")
    }

    @Test func aDryRunPrintsThePatchAloneAndAddsNothing() async throws {
        let program = try Command.program.path
        let result = try await HostTool("sh").run([
            "-c", #""$1" series import - --dry-run <"$2" 2>"$2.err""#, "sh", program, page,
        ])
        #expect(result.status == .exited(0))
        #expect(result.output + "\n" == Self.patch)
        #expect(
            read("page.txt.err")
                == "added the newline that line 10, the last, lacks\nleft out 1 line above the patch\n")
        #expect(try patches == ["series", "target.yaml"])
    }

    @Test func theSamePatchIsNotAddedTwice() async throws {
        #expect(try await command.run("series", "import", page, "--target", "t").status == .exited(0))
        let again = try await command.run("series", "import", page, "--target", "t")
        #expect(again.status == .exited(2))
        #expect(again.output.contains("already names mm-one-more-line.patch"))
        let other = try await command.run("series", "import", page, "--target", "t", "--name", "other")
        #expect(other.status == .exited(0))
        #expect(read("kernel-patches/t/series") == "# ours\nmm-one-more-line.patch\nother.patch\n")
    }

    @Test func jsonSaysWhatWasAddedAndMended() async throws {
        let result = try await command.run("series", "import", page, "--target", "t", "--json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(json["name"] as? String == "mm-one-more-line.patch")
        #expect((json["mends"] as? [String])?.count == 2)
        #expect((json["patch"] as? String)?.hasSuffix("kernel-patches/t/mm-one-more-line.patch") == true)
        #expect(json["files"] as? [String] == ["mm/rmap.c"])
    }

    @Test func aPageWithNoPatchFails() async throws {
        try command.write("nothing\nhere\n", to: "page.txt")
        let result = try await command.run("series", "import", page, "--target", "t")
        #expect(result.status == .exited(1))
        #expect(result.lines.count == 1)
        #expect(result.output.contains("none of its 2 lines begins a diff"))
        #expect(try patches == ["series", "target.yaml"])
    }

    @Test func ofTwoPatchesOneMustBeChosen() async throws {
        try command.write("\(Self.patch)\n\(Self.patch.replacing("one more", with: "another"))", to: "page.txt")
        let result = try await command.run("series", "import", page, "--target", "t")
        #expect(result.status == .exited(2))
        #expect(result.output.contains("it has 2 patches; give --choose N:"))
        #expect(result.lines.last == "  2: line 13: [mm] another line; 1 file: mm/rmap.c")
        #expect(try patches == ["series", "target.yaml"])
        let chosen = try await command.run("series", "import", page, "--target", "t", "--choose", "2")
        #expect(chosen.status == .exited(0))
        #expect(read("kernel-patches/t/series") == "# ours\nmm-another-line.patch\n")
    }

    @Test func aPatchThatIsCutOffFailsAndNothingIsAdded() async throws {
        try command.write(String(Self.patch.dropLast(7)), to: "page.txt")
        let result = try await command.run("series", "import", page, "--target", "t")
        #expect(result.status == .exited(1))
        #expect(result.output.contains("after line 7 of the page"))
        #expect(try patches == ["series", "target.yaml"])
    }

    @Test func tabsThatBecameBlanksAreProvedByATree() async throws {
        try command.write(Self.patch.replacing("FIRST", with: "        first();"), to: "page.txt")
        try command.write("\tfirst();\n", to: "tree/mm/rmap.c")
        let alone = try await command.run("series", "import", page, "--dry-run")
        #expect(alone.output.contains("not repaired: no line of the patch has a tab"))
        let tree = command.folder.appending(path: "tree").path
        let compared = try await command.run("series", "import", page, "--dry-run", "--source", tree)
        #expect(compared.status == .exited(1))
        #expect(compared.output.contains("which cannot be repaired"))
        try command.write("        first();\n", to: "tree/mm/rmap.c")
        let same = try await command.run("series", "import", page, "--dry-run", "--source", tree)
        #expect(same.status == .exited(0))
        #expect(!same.output.contains("not repaired"))
    }

    @Test func wrongUsageIsSaid() async throws {
        let noTarget = try await command.run("series", "import", page)
        #expect(noTarget.status == .exited(2))
        #expect(noTarget.output.contains("--target NAME"))
        let unknown = try await command.run("series", "import", page, "--target", "u")
        #expect(unknown.status == .exited(2))
        #expect(unknown.output.contains("known targets: t"))
        let missing = try await command.run("series", "import", "/none/such", "--target", "t")
        #expect(missing.status == .exited(2))
        #expect(missing.output.contains("cannot read page /none/such"))
    }
}
