import Foundation
import HostTools
import Testing

/// Mutants of the real kernel, each with another fate.
@Suite(.tags(.boots), .serialized) struct MutantsBootTests {
    private let command: Command
    private static let folder = "kernel-patches/debian-6.1/mutants"

    init() throws { command = try Command(copying: Command.checkout) }

    /// Leaves one of the shipped mutants, and adds some that must not count as killed.
    private func settle(on name: String) throws {
        let folder = command.folder.appending(path: Self.folder)
        let shipped = try String(contentsOf: folder.appending(path: "\(name).patch"), encoding: .utf8)
        try FileManager.default.removeItem(at: folder)
        try command.write(shipped, to: "\(Self.folder)/killed.patch")
        let header = "Subject: s\nBreaks: C1\nKilled-by: vmtruncate-fault\n\n---\n"
        let diff = try #require(shipped.range(of: "\n--- a/"))
        try command.write(header + shipped[diff.lowerBound...].dropFirst(), to: "\(Self.folder)/survives.patch")
        try command.write(
            header + "--- /dev/null\n+++ b/mm/unused.c\n@@ -0,0 +1 @@\n+int unused;\n", to: "\(Self.folder)/same.patch")
        try command.write(
            header + "--- a/mm/mmap.c\n+++ b/mm/mmap.c\n@@ -1 +1 @@\n-no such line\n+another\n",
            to: "\(Self.folder)/unfit.patch")
    }

    private struct Verdict: Decodable {
        struct Mutant: Decodable {
            struct Fault: Decodable { let kind: String }
            let name: String
            let outcome: String
            let fault: Fault?
        }
        let mutants: [Mutant]
        let score: Double
    }

    private func mutants(_ more: String...) async throws -> ToolResult {
        try await command.run(["mutants", "debian-6.1"] + more, cache: WholeTestBootTests.cache)
    }

    private func latest() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: command.runs.path)
        return command.runs.appending(path: try #require(names.max()))
    }

    @Test func eachFateIsToldFromTheOthersAndJudgedTheSameFromTheFolder() async throws {
        try settle(on: "madvise-silent")
        let result = try await mutants()
        #expect(result.status == .exited(1), "\(result.output)")
        let file = try latest().appending(path: "verdict.json")
        let verdict = try JSONDecoder().decode(Verdict.self, from: Data(contentsOf: file))
        #expect(verdict.mutants.map(\.name) == ["killed", "same", "survives", "unfit"])
        #expect(verdict.mutants.map(\.outcome) == ["killed", "error", "survived", "error"])
        #expect(verdict.mutants.compactMap(\.fault?.kind) == ["does-not-differ", "does-not-apply"])
        #expect(verdict.score == 0.5)
        let first = try Data(contentsOf: file)
        #expect(try await command.run("judge", try latest().path).status == .exited(1))
        #expect(try Data(contentsOf: file) == first)
        #expect(try await command.run("report", try latest().path).output.contains("mutation score 50 %"))
        let run = try latest().appending(path: "mutants/killed")
        #expect(try await command.run("judge", run.path).status == .exited(1))

        let again = try await mutants("--mutant", "killed")
        #expect(again.status == .exited(0), "\(again.output)")
        let build = again.lines.first { $0.hasPrefix("build mutant killed ") }
        #expect(build?.hasSuffix("(nothing to do)") == true, "\(again.output)")
    }
}
