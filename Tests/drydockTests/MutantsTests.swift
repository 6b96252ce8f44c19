import Foundation
import HostTools
import Testing

/// What is wrong with a mutant's header is said before anything is built; a toy tree stands in for Linux.
@Suite struct MutantsTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addTarget("t", source: "directory: \(try command.addToyTree())")
        try command.addWorkload("hold")
    }

    private func add(_ name: String, _ header: String = "Subject: s\nBreaks: C1\nKilled-by: hold") throws {
        let diff = "--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1 @@\n+int new;\n"
        try command.write("\(header)\n\n---\n\(diff)", to: "kernel-patches/t/mutants/\(name).patch")
    }

    private var isAnythingBuilt: Bool {
        FileManager.default.fileExists(atPath: command.folder.appending(path: "cache/trees").path)
    }

    private func refusal(_ arguments: String..., status: Int32 = 69) async throws -> String {
        let result = try await command.run(["mutants", "t"] + arguments)
        #expect(result.status == .exited(status), "\(result.output)")
        #expect(!isAnythingBuilt)
        return result.output
    }

    @Test func aTargetWithoutMutantsSaysWhereTheyWouldBe() async throws {
        let said = try await refusal()
        #expect(said.contains("there is no NAME.patch in \(command.folder.path)/kernel-patches/t/mutants"))
        #expect(said.contains("docs/mutants.md"))
    }

    @Test func anUnknownMutantIsWrongUsage() async throws {
        try add("a")
        #expect(try await refusal("--mutant", "b", status: 2).contains("there is no b.patch; known: a"))
    }

    @Test func aHeaderThatLacksAFieldNamesFileAndField() async throws {
        try add("a")
        try add("b", "Subject: s\nKilled-by: hold")
        #expect(try await refusal().contains("kernel-patches/t/mutants/b.patch: the field Breaks is missing"))
    }

    @Test func aWorkloadThatThereIsNoneOfIsNamed() async throws {
        try add("a", "Subject: s\nBreaks: C1\nKilled-by: hold hodl")
        let said = try await refusal()
        #expect(said.contains("a.patch: Killed-by names hodl, but there is no images/workloads/hodl; known: hold"))
    }

    @Test func aVariantThatTheTargetHasNotIsNamed() async throws {
        try add("a", "Subject: s\nBreaks: C1\nKilled-by: hold\nVariant: lockdep")
        #expect(try await refusal().contains("mutants/a.patch: Variant is lockdep, the target has no variants"))
    }

    @Test func noGuestsAtOnceIsWrongUsage() async throws {
        try add("a")
        #expect(try await refusal("--guests", "0", status: 2).contains("--guests is 0; it must be 1 or more"))
    }

    @Test func mutantsOfOtherTreesOnlyLeaveNothingToTest() async throws {
        try add("a", "Subject: s\nBreaks: C1\nKilled-by: hold\nNot: 6.1.*")
        #expect(try await refusal().contains("that you asked for are for other trees"))
    }

    @Test func aTreeThatHasTheMechanismHasNoPatchedKernelToBreak() async throws {
        try add("a")
        try command.write(
            "source: { directory: \(command.folder.path)/toy }\nseries-provides: include/linux/mm.h\n",
            to: "kernel-patches/t/target.yaml")
        let said = try await refusal()
        #expect(said.contains("cannot test mutants on Linux 6.1.7-toy"))
        #expect(said.contains("it already has include/linux/mm.h"))
    }
}
