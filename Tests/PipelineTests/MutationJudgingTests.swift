import Evidence
import Foundation
import Judgement
import Pipeline
import Testing

/// A mutation test is judged by its folder alone.
@Suite final class MutationJudgingTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A run of one workload that exits with `code`; nil for one that was cut off before its disk was read.
    private func run(_ name: String, _ subject: Subject, _ code: Int?, in test: MutationDirectory) throws {
        let guest = GuestName(subject)
        let run = try RunDirectory.create(
            at: test.place(of: name), target: "t", started: .now, guests: [guest], environment: [:])
        try run.write(plan: RunPlan(target: "t", guest: guest, workloads: [PlannedWorkload(name: "w")]))
        try run.write(
            boot: BootRecord(ending: .poweredOff, seconds: 4, secondsToInit: 2, accelerator: "tcg"), of: guest)
        let end = "drydock: init\ndrydock: begin 1/1 w\ndrydock: end 1/1 w exit \(code ?? 0)\ndrydock: done\n"
        try Data(end.utf8).write(to: run.console(of: guest))
        guard let code else { return }
        let files = [
            "01-w.ktap": "KTAP version 1\n1..1\n\(code == 0 ? "" : "not ")ok 1 a claim\n",
            "01-w.status": "ended=exit\ncode=\(code)\nmilliseconds=10\n", "init.status": "plan=complete\nworkloads=1\n",
        ]
        try run.write(results: .read(files.mapValues { Data($0.utf8) }), of: guest)
    }

    private func test(_ codes: KeyValuePairs<String, Int?>, control: Int? = 0) throws -> MutationDirectory {
        let test = try MutationDirectory.create(under: folder, target: "t", started: .now)
        for (name, code) in codes { try run("mutants/\(name)", .mutant, code, in: test) }
        try run("control", .patched, control, in: test)
        try test.write(
            MutationRecord(
                target: "t", version: "6.1.7", started: .now, controls: [.init(variant: nil, run: "control")],
                mutants: codes.map {
                    MutantRecord(
                        name: $0.key, subject: "s", breaks: ["C1"], killedBy: ["w"], variant: nil,
                        run: "mutants/\($0.key)")
                }, leftOut: []))
        return test
    }

    @Test func killedSurvivedAndCutOff() throws {
        let verdict = try Pipeline.judge(try test(["a": 1, "b": 0, "c": nil]))
        #expect(verdict.mutants.map(\.outcome) == [.killed, .survived, .couldNotTell])
        #expect(verdict.score == 1.0 / 3)
    }

    @Test func aControlThatWasCutOffKillsNothing() throws {
        let verdict = try Pipeline.judge(try test(["a": 1], control: nil))
        #expect(verdict.mutants.map(\.outcome) == [.couldNotTell])
    }

    @Test func eachRunInItIsJudgedByItselfToo() throws {
        let test = try test(["a": 1])
        let verdict = try Pipeline.judge(try RunDirectory(opening: test.place(of: "mutants/a")))
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.failing == ["w"])
        #expect(verdict.subjects == [.mutant])
        #expect(verdict.comparison.map(\.mutant) == [.fail])
        #expect(verdict.schema == 4)
        let control = try Pipeline.judge(try RunDirectory(opening: test.place(of: "control")))
        #expect(control.conclusion.answer == .passed)
        #expect(control.schema == 1)
    }
}
