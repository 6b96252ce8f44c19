import Evidence
import Foundation
import Image
import Testing

@Suite struct WorkloadCatalogueTests {
    let folder: TemporaryFolder
    var catalogue: WorkloadCatalogue { WorkloadCatalogue(folder: folder.url) }

    init() throws { folder = try TemporaryFolder() }

    func describe(_ name: String, _ yaml: String = "summary: s\nkind: locks") throws {
        try folder.write(yaml, to: "\(name)/workload.yaml")
        try folder.write("int main(void) { return 0; }", to: "\(name)/\(name).c")
    }

    func error() throws -> String {
        try #require(#expect(throws: ImageError.self) { try catalogue.all() }).description
    }

    @Test func everyFieldIsRead() throws {
        try describe(
            "cut",
            """
            summary: cuts
            kind: vmtruncate
            claims: [C2]
            timeout: 9
            needs: [probe]
            expect: pass
            arguments: [a, b]
            """)
        let workload = try #require(try catalogue.all().first)
        #expect(workload.needsProbe)
        #expect(
            workload.planned(seed: 7)
                == PlannedWorkload(
                    name: "cut", summary: "cuts", kind: "vmtruncate", claims: ["C2"], timeoutSeconds: 9, seed: 7,
                    arguments: ["a", "b"]))
    }

    @Test func allAreSortedAndASelectionKeepsItsOrder() throws {
        for name in ["b", "a", "c"] { try describe(name) }
        #expect(try catalogue.select([]).map(\.name) == ["a", "b", "c"])
        #expect(try catalogue.select(["c", "a"]).map(\.name) == ["c", "a"])
        #expect(throws: ImageError.unknownWorkload(name: "d", known: ["a", "b", "c"])) {
            try catalogue.select(["a", "d"])
        }
    }

    @Test func mistakesNameTheFile() throws {
        try describe("cut", "summary: s\nkind: locks\ntimout: 3")
        #expect(
            try error()
                == "cannot read images/workloads/cut/workload.yaml: it has a field timout that drydock does not know")
        try describe("cut", "summary: s\nkind: locks\nneeds: [luck]")
        #expect(try error().contains("images/workloads/cut/workload.yaml"))
        try describe("cut", "summary: s\nkind: locks\ntimeout: 0")
        #expect(try error().contains("timeout is 0"))
    }

    @Test func aDeathOrAHangCanBeExpected() throws {
        try describe("cut", "summary: s\nkind: locks\nexpect: { death: bug, at: [vma_adjust] }")
        #expect(try catalogue.all()[0].expectation == .death(kinds: [.bug], functions: ["vma_adjust"]))
        try describe("cut", "summary: s\nkind: locks\nexpect: { death: [bug, oops], at: [a, b] }")
        #expect(try catalogue.all()[0].expectation == .death(kinds: [.bug, .oops], functions: ["a", "b"]))
        try describe("cut", "summary: s\nkind: locks\nexpect: { hang: true, at: [mutex_lock] }")
        #expect(try catalogue.all()[0].expectation == .hang(functions: ["mutex_lock"]))
    }

    @Test(arguments: [
        "fail", "{ death: bug, at: [] }", "{ death: [], at: [a] }", "{ hang: false, at: [a] }", "{ at: [a] }",
        "{ death: bug, hang: true, at: [a] }", "{ death: plague, at: [a] }", "{ death: bug }",
    ])
    func anUnclearExpectationIsRefused(_ text: String) throws {
        try describe("cut", "summary: s\nkind: locks\nexpect: \(text)")
        let text = try error()
        #expect(text.contains("images/workloads/cut/workload.yaml") && text.contains("expect"), "\(text)")
    }

    @Test func aDescriptionWithoutItsProgramIsRefused() throws {
        try folder.write("summary: s\nkind: locks", to: "cut/workload.yaml")
        #expect(try error().contains("there is no cut.c beside it"))
    }

    @Test func noWorkloadsAtAllIsAnError() throws {
        #expect(throws: ImageError.noWorkloads(path: folder.url.path)) { try catalogue.all() }
    }
}
