import Foundation
import Patches
import TestSupport
import Testing

/// What a mutant's file says of it, and what is wrong with one that says too little.
struct MutantTests {
    private let toy: ToyKernel

    init() throws { toy = try ToyKernel() }

    static let diff = "--- a/mm/mmap.c\n+++ b/mm/mmap.c\n@@ -1 +1 @@\n-a\n+b\n"

    private func read(_ header: String, diff: String = diff) throws -> Mutant {
        try toy.write("\(header)\n\nWhy it matters.\n---\n\(diff)", to: "mutants/m.patch")
        return try Mutant(file: toy.folder.appending(path: "mutants/m.patch"))
    }

    private func complaint(_ header: String, diff: String = diff) throws -> String {
        let error = try #require(#expect(throws: MutantError.self) { try read(header, diff: diff) })
        #expect("\(error)".contains("mutants/m.patch"))
        return "\(error)"
    }

    @Test func everyFieldIsRead() throws {
        let mutant = try read(
            """
            Subject: mm: take no anon_vma lock
            Breaks: C1 C3
            Killed-by: hold-rmap
             take-once
            Variant: lockdep
            Only: 2.6.18*
            Not: *-8.el5
            """)
        #expect(mutant.name == "m")
        #expect(mutant.subject == "mm: take no anon_vma lock")
        #expect(mutant.breaks == ["C1", "C3"])
        #expect(mutant.killedBy == ["hold-rmap", "take-once"])
        #expect(mutant.variant == "lockdep")
        #expect(mutant.isMeant(for: "2.6.18-128.el5"))
        #expect(!mutant.isMeant(for: "2.6.18-8.el5"))
        #expect(!mutant.isMeant(for: "6.1.192"))
    }

    @Test func variantAndTreesNeedNotBeGiven() throws {
        let mutant = try read("Subject: s\nBreaks: C1\nKilled-by: w")
        #expect(mutant.variant == nil)
        #expect(mutant.isMeant(for: "6.1.192"))
    }

    @Test(arguments: ["Subject", "Breaks", "Killed-by"]) func aFieldThatIsMissingOrEmptyIsNamed(field: String) throws {
        let fields = ["Subject: s", "Breaks: C1", "Killed-by: w"]
        let missing = try complaint(fields.filter { !$0.hasPrefix(field) }.joined(separator: "\n"))
        #expect(missing.contains("the field \(field) is missing"))
        let empty = fields.map { $0.hasPrefix(field) ? "\(field):" : $0 }
        #expect(try complaint(empty.joined(separator: "\n")).contains("the field \(field) is empty"))
    }

    @Test func whatIsNoFieldIsNamed() throws {
        let good = "Subject: s\nBreaks: C1\nKilled-by: w"
        #expect(try complaint("\(good)\nKilledby: v").contains("\"Killedby: v\" is not a field"))
        #expect(try complaint("\(good)\nsome prose").contains("\"some prose\" is not a field"))
        #expect(try complaint("\(good)\nBreaks: C2").contains("the field Breaks is given twice"))
        #expect(try complaint("\(good)\nVariant: a b").contains("the field Variant has 2 words"))
        #expect(try complaint("\(good)\nOnly:").contains("the field Only is empty"))
        #expect(try complaint(good, diff: "no diff at all\n").contains("it has no diff"))
    }

    @Test func aFolderIsReadInOrderAndChosenFromByName() throws {
        let folder = toy.folder.appending(path: "mutants")
        for name in ["b", "a", "c"] {
            try toy.write(
                "Subject: \(name)\nBreaks: C1\nKilled-by: w\n\n---\n\(Self.diff)", to: "mutants/\(name).patch")
        }
        try toy.write("no mutant", to: "mutants/README")
        let catalogue = MutantCatalogue(folder: folder)
        #expect(try catalogue.all().map(\.name) == ["a", "b", "c"])
        #expect(try catalogue.select(["c", "a"]).map(\.name) == ["a", "c"])
        #expect(throws: MutantError.unknownMutant(name: "d", known: ["a", "b", "c"])) { try catalogue.select(["d"]) }
        let none = toy.folder.appending(path: "none")
        #expect(throws: MutantError.noMutants(path: none.path)) { try MutantCatalogue(folder: none).all() }
    }
}
