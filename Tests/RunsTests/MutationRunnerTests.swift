import Build
import Foundation
import Image
import Judgement
import Patches
import Targets
import Testing

@testable import Runs

/// How a mutation test groups its mutants, and what a probe that does not build says of one.
@Suite final class MutationRunnerTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String, to path: String) throws -> URL {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }

    private func mutant(_ name: String, variant: String?) throws -> Mutant {
        try Mutant(
            file: try write(
                "Subject: s\nBreaks: C1\nKilled-by: w\n\(variant.map { "Variant: \($0)\n" } ?? "")\n---\n"
                    + "--- a/mm/mmap.c\n+++ b/mm/mmap.c\n@@ -1 +1 @@\n-a\n+b\n", to: "\(name).patch"))
    }

    @Test func aMutantThatNamesTheVariantThatIsTestedIsOfTheSameGroupAsOneThatNamesNone() throws {
        _ = try write(
            "source: { directory: tree }\nconfiguration: { variants: { debug: [], lockdep: [] } }\n",
            to: "targets/t/target.yaml")
        let plain = try TargetCatalogue(folder: folder.appending(path: "targets")).load("t")
        let mutants = try [mutant("a", variant: nil), mutant("b", variant: "lockdep"), mutant("c", variant: "debug")]
        func groups(_ target: Target) -> [String] {
            MutationRunner.groups(of: mutants, for: target).map { variant, mutants in
                "\(variant ?? "-"): \(mutants.map(\.name).joined(separator: " "))"
            }
        }
        #expect(groups(plain) == ["-: a", "lockdep: b", "debug: c"])
        #expect(groups(try plain.choosing(variant: "lockdep")) == ["lockdep: a b", "debug: c"])
    }

    @Test func aProbeThatDoesNotBuildIsTheMutantsFaultWithTheTreeToo() async throws {
        let error = ImageError.probeDoesNotBuild(tree: "t", output: "no such field")
        await #expect(throws: MutantError.doesNotBuild(mutant: "m", reason: "\(error)")) {
            try await MutantBase.withTreeWhereNeeded("m") { _ in throw error }
        }
        await #expect(throws: MutantError.doesNotBuild(mutant: "m", reason: "\(error)")) {
            try await MutantBase.withTreeWhereNeeded("m") { withTree in
                guard withTree else { throw BuildError.treeTaken(tree: "t") }
                throw error
            }
        }
    }

    @Test func theTreeIsBuiltOnlyWhereItIsNeeded() async throws {
        #expect(try await MutantBase.withTreeWhereNeeded("m") { $0 } == false)
        let built = try await MutantBase.withTreeWhereNeeded("m") { withTree in
            guard withTree else { throw BuildError.treeTaken(tree: "t") }
            return withTree
        }
        #expect(built)
    }

    @Test func whatIsNotTheProbesEndsTheTest() async throws {
        let error = ImageError.noWorkloads(path: "p")
        await #expect(throws: error) { try await MutantBase.withTreeWhereNeeded("m") { _ in throw error } }
    }
}
