import Evidence
import Foundation
import Image
import Targets
import Testing

@testable import Runs

/// The guests of a run: their plans, the order in which they are booted, and their names.
@Suite final class GuestsOfARunTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// The plans of one kernel for these workloads, as `guest: workloads`.
    private func plans(
        _ workloads: [String: String], of subject: Subject, isJudged: Bool, version: String = "6.1.7"
    ) throws -> [String] {
        for (name, expectation) in workloads {
            try write("", to: "workloads/\(name)/\(name).c")
            try write("summary: s\nkind: locks\nexpect: \(expectation)\n", to: "workloads/\(name)/workload.yaml")
        }
        try write(
            """
            source: { directory: tree }
            known-findings:
              - { workload: order, trees: {before: 2.6.19}, reason: one walk, reference: a commit }
            """, to: "targets/t/target.yaml")
        let target = try TargetCatalogue(folder: folder.appending(path: "targets")).load("t")
        return target.plans(
            of: try WorkloadCatalogue(folder: folder.appending(path: "workloads")).all(), for: (subject, version),
            isJudged: isJudged, BootRequest(seed: 7)
        ).map { plan in
            #expect(plan.target == "t" && plan.subject == subject && plan.workloads.allSatisfy { $0.seed == 7 })
            return "\(plan.guest): \(plan.workloads.map(\.name).joined(separator: " "))"
        }
    }

    private static let dies = "{ death: bug, at: [f] }"
    private static let mixed = ["a": "pass", "lone-drop": dies, "lone-take": dies, "order": "pass"]

    @Test func whatTakesItsMachineDownHasOneOfItsOwnOnTheJudgedKernelOnly() throws {
        #expect(try plans(Self.mixed, of: .base, isJudged: false) == ["base: a order"])
        #expect(
            try plans(Self.mixed, of: .patched, isJudged: true) == [
                "patched: a order", "patched lone-drop: lone-drop", "patched lone-take: lone-take",
            ])
    }

    @Test func soHasWhatTheTreeIsKnownToFail() throws {
        let plans = try plans(
            ["a": "pass", "order": "pass"], of: .asIs, isJudged: true, version: "2.6.18-238.el5")
        #expect(plans == ["as-is: a", "as-is order: order"])
    }

    @Test func withNothingInCommonThereIsNoSharedGuest() throws {
        #expect(try plans(["lone": Self.dies], of: .patched, isJudged: true) == ["patched lone: lone"])
        #expect(try plans(["lone": Self.dies], of: .base, isJudged: false) == [])
    }

    @Test func withNothingToDoAGuestIsBootedAllTheSame() throws {
        try write("source: { directory: tree }", to: "targets/t/target.yaml")
        let target = try TargetCatalogue(folder: folder.appending(path: "targets")).load("t")
        let plans = target.plans(of: [], for: (.base, "6.1.7"), isJudged: true, BootRequest())
        #expect(plans.map(\.guest) == [.base])
        #expect(plans.flatMap(\.workloads) == [])
    }

    @Test func baseAndTheJudgedKernelHaveTheHostToThemselves() {
        func turns(_ guests: GuestName...) -> [[GuestName]] { Runner.turns(of: guests, named: \.self) }
        let (drop, take) = (GuestName(.patched, alone: "lone-drop"), GuestName(.patched, alone: "lone-take"))
        #expect(turns(.base, .patched, drop, take) == [[.base], [.patched], [drop, take]])
        #expect(turns(drop, .base, take, .patched) == [[.base], [.patched], [drop, take]])
        #expect(turns(.asIs) == [[.asIs]])
        #expect(turns(take) == [[take]])
    }

    @Test func noTwoGuestsThatMayRunAtOnceHaveOneName() {
        func name(_ guest: GuestName, _ run: String?) -> String {
            RunGuest.words(guest, in: run.map { folder.appending(path: $0) }).joined(separator: "-")
        }
        let take = GuestName(.patched, alone: "lone-take")
        let (noRmap, noFlag) = (GuestName(.mutant(name: "no-rmap")), GuestName(.mutant(name: "no-flag")))
        #expect(name(.patched, nil) == "patched")
        #expect(name(take, nil) == "patched-lone-take")
        let many = [
            name(.patched, "control"), name(.patched, "control-lockdep"), name(take, "control"),
            name(take, "control-lockdep"), name(noRmap, "mutants/no-rmap"), name(noFlag, "mutants/no-flag"),
            name(noRmap, "mutants/no-rmap/seed-1"), name(noFlag, "mutants/no-flag/seed-1"), name(.patched, "001"),
            name(.patched, "002"),
        ]
        #expect(Set(many).count == many.count)
        #expect(many[1] == "patched-control-lockdep")
        #expect(many[4] == "mutant-no-rmap")
    }
}
