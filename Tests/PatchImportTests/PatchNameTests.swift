import Foundation
import PatchImport
import Testing

@Suite struct PatchNameTests {
    func name(_ subject: String, given: String? = nil) throws -> String {
        try PatchPageTests.page("Subject: \(subject)\n\n\(PatchPageTests.diff)\n").patch().name(given)
    }

    @Test(arguments: [
        ("[mm] mmu: add take_all() operation", "mm-mmu-add-take_all-operation.patch"),
        ("[PATCH 2/5] fix it.", "fix-it.patch"),
        ("Re: [RFC PATCH v3] [mm] a/b: \"c\"...", "mm-a-b-c.patch"),
        ("[RHEL5.4 PATCH] x..y", "x.y.patch"),
        ("=> now", "now.patch"),
    ])
    func theNameIsWhatGitWouldMakeOfTheSubject(subject: String, name: String) throws {
        #expect(try self.name(subject) == name)
    }

    @Test func aLongSubjectIsCut() throws {
        let name = try name(String(repeating: "word ", count: 30))
        #expect(name.count <= 63)
        #expect(name.hasSuffix("-word.patch") || name.hasSuffix("w.patch") || name.hasSuffix("wo.patch"))
    }

    @Test func aFoldedSubjectIsOne() throws {
        #expect(try name("first\n second") == "first-second.patch")
    }

    @Test func theUsersOwnNameIsTaken() throws {
        #expect(try name("x", given: "0001-mine") == "0001-mine.patch")
        #expect(try name("x", given: "mine.diff") == "mine.diff")
    }

    @Test(arguments: ["../x", "a/b", ".x", "-x", "a b", "#x", ""])
    func aNameThatIsNoPlainFileNameIsRefused(given: String) {
        #expect(throws: PatchImportError.badName(given)) { try name("x", given: given) }
    }

    @Test func aSubjectWithoutALetterGivesNoName() {
        #expect(throws: PatchImportError.noName) { try name("[PATCH] ???") }
    }
}
