import Foundation
import HostTools
import Testing

/// What a bad series, or a tree that does not compile, makes of a command; a toy tree stands in for Linux.
@Suite struct SeriesTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addTarget("t", source: "directory: \(try command.addToyTree())")
    }

    /// Makes the series one patch of this text, with a context that the toy tree has.
    func patch(_ text: String) throws {
        try command.write("one.patch\n", to: "kernel-patches/t/series")
        try command.write(text, to: "kernel-patches/t/one.patch")
    }

    private static let good = """
        --- a/mm/rmap.c
        +++ b/mm/rmap.c
        @@ -1 +1,2 @@
        +/* one more line */
         FIRST

        """

    func firstLine(_ file: String) throws -> String {
        let text = try String(contentsOf: command.folder.appending(path: "toy/\(file)"), encoding: .utf8)
        return String(text.prefix { !$0.isNewline })
    }

    func goodPatch(adding line: String = "/* one more line */") throws -> String {
        Self.good.replacing("/* one more line */", with: line).replacing("FIRST", with: try firstLine("mm/rmap.c"))
    }

    @Test func aCleanPatchIsBuiltAndASecondBuildDoesNothing() async throws {
        try patch(try goodPatch())
        let series = try await command.run("series", "t")
        #expect(series.status == .exited(0))
        #expect(series.lines.contains("one.patch  clean"))
        #expect(try await command.run("build", "t").status == .exited(0))
        let again = try await command.run("build", "t")
        #expect(again.lines.filter { $0.hasPrefix("build ") }.allSatisfy { $0.hasSuffix("(nothing to do)") })
        #expect(again.lines.filter { $0.hasPrefix("build ") }.count == 2)
    }

    @Test func aSeriesThatNamesAMissingFileCannotBeJudged() async throws {
        try command.write("# first\nno-such.patch\n", to: "kernel-patches/t/series")
        let result = try await command.run("build", "t")
        #expect(result.status == .exited(69))
        #expect(result.output.contains("line 2 names no-such.patch"))
    }

    @Test func aPatchCutOffInTheMiddleFailsTheSeriesAndIsNamed() async throws {
        let whole = try goodPatch()
        try patch(String(whole.prefix(whole.count - 6 - (try firstLine("mm/rmap.c").count))))
        for name in ["series", "build"] {
            let result = try await command.run(name, "t")
            #expect(result.status == .exited(1), "\(result.output)")
            #expect(result.output.contains("cannot apply one.patch"))
        }
    }

    @Test func aPatchForAnotherTreeIsRejectedWithItsReject() async throws {
        // Fuzz forgives a wrong context, never a wrong line to remove.
        try patch("--- a/mm/rmap.c\n+++ b/mm/rmap.c\n@@ -1 +1 @@\n-a line of another tree\n+another line\n")
        let result = try await command.run("build", "t")
        #expect(result.status == .exited(1))
        #expect(result.output.contains("-a line of another tree"))
    }

    @Test func aPatchedKernelThatDoesNotCompileFailsTheSeries() async throws {
        try patch(try goodPatch(adding: "int broken = MISSING_WORD;"))
        let result = try await command.run("build", "t")
        #expect(result.status == .exited(1))
        #expect(result.output.contains("MISSING_WORD"))
        #expect(result.output.contains("build.log"))
    }

    @Test func aBaseThatDoesNotCompileCannotBeJudged() async throws {
        try command.write("int broken = MISSING_WORD;\n", to: "toy/mm/mmap.c")
        let result = try await command.run("build", "t")
        #expect(result.status == .exited(69))
        #expect(result.output.contains("MISSING_WORD"))
    }

    @Test func aFolderThatIsNoKernelIsRefused() async throws {
        let result = try await command.run("fetch", "t", "--source", command.folder.appending(path: "images").path)
        #expect(result.status == .exited(69))
        #expect(result.output.contains("it is not the top directory of a Linux tree"))
    }
}
