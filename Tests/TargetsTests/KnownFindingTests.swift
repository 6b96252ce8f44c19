import Foundation
import Testing

@testable import Targets

@Suite struct KnownFindingTests {
    private func findings(_ yaml: String) throws -> [KnownFindingDescription] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: "t"), withIntermediateDirectories: true)
        try Data("source: { directory: / }\nknown-findings:\n\(yaml)".utf8)
            .write(to: folder.appending(path: "t/target.yaml"))
        return try TargetCatalogue(folder: folder).load("t").knownFindings
    }

    /// The trees that a finding with these `trees` is about, of five.
    private func trees(_ written: String) throws -> [String] {
        let finding = try #require(try findings("  - { workload: w, \(written)reason: r, reference: c }").first)
        return ["2.6.18-128.el5", "2.6.18-164.el5", "2.6.18-238.el5", "2.6.18-238.1.1.el5", "2.6.18-274.el5"]
            .filter(finding.isAbout)
    }

    private func refusal(of trees: String) throws -> String {
        let yaml =
            "  - { workload: v, reason: r, reference: c }\n  - { workload: w, trees: \(trees), reason: r, reference: c }"
        return try #require(#expect(throws: TargetError.self) { try findings(yaml) }).description
    }

    @Test func aRangeHoldsItsFirstTreeAndNotItsEnd() throws {
        #expect(
            try trees("trees: { from: 2.6.18-164.el5, before: 2.6.18-238.1.1.el5 }, ")
                == ["2.6.18-164.el5", "2.6.18-238.el5"])
        #expect(try trees("trees: { from: 2.6.18-164.0.el5, before: 2.6.18-238.el5 }, ") == [])
    }

    @Test func aRangeMayHaveNoEndOrNoBeginning() throws {
        #expect(try trees("trees: { from: 2.6.18-238.1.1.el5 }, ") == ["2.6.18-238.1.1.el5", "2.6.18-274.el5"])
        #expect(try trees("trees: { before: 2.6.18-164.el5 }, ") == ["2.6.18-128.el5"])
        #expect(try trees("").count == 5)
    }

    @Test func severalRangesAreAList() throws {
        #expect(
            try trees("trees: [{ before: 2.6.18-164.el5 }, { from: 2.6.18-274.el5, before: 2.6.18-275 }], ")
                == ["2.6.18-128.el5", "2.6.18-274.el5"])
    }

    @Test(arguments: [
        ("{ from: two }", "known-findings[1].trees.from: two is not a version"),
        ("{ before: \"2.6.18-2*\" }", "known-findings[1].trees.before: 2.6.18-2* is not a version"),
        ("[{ before: \"2\" }, { from: }]", "known-findings[1].trees[1]: a range of trees needs from or before"),
        ("{ from: \"2\", before: \"2\" }", "known-findings[1].trees.before: 2 is not newer than 2"),
        ("{ from: 2.6.18-274.el5, before: 2.6.18-9.el5 }", "2.6.18-9.el5 is not newer than 2.6.18-274.el5"),
        ("{}", "known-findings[1].trees: a range of trees needs from or before"),
        ("[]", "known-findings[1].trees: an empty list means no tree"),
        (
            "{ form: \"2\", before: \"3\" }",
            "known-findings[1].trees.form: a range of trees has the fields from and before"
        ),
        ("2.6.18-274.el5", "known-findings[1].trees: "),
        ("[2.6.18-274.el5]", "known-findings[1].trees[0]: "),
    ])
    func aMalformedRangeIsRefusedWithItsPlace(_ trees: String, _ place: String) throws {
        let text = try refusal(of: trees)
        #expect(text.contains(place), "\(text)")
    }
}
