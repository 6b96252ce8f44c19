import Evidence
import Foundation
import Judgement
import Testing

/// A mutation test is judged by its directory alone.
@Suite final class MutationJudgingTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func run(_ name: String, _ subject: Subject, _ code: Int?, in test: MutationDirectory) throws {
        try SampleRun.write(at: test.place(of: name), [SampleRun(subject: subject, code: code)])
    }

    private func test(_ codes: KeyValuePairs<String, Int?>, control: Int? = 0) throws -> MutationDirectory {
        let test = try MutationDirectory.create(under: folder, target: "t", started: .now)
        for (name, code) in codes { try run("mutants/\(name)", .mutant(name: nil), code, in: test) }
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
        let verdict = try MutationTest.judge(try test(["a": 1, "b": 0, "c": nil]).url)
        #expect(verdict.mutants.map(\.outcome) == [.killed, .survived, .couldNotTell])
        #expect(verdict.score == 1.0 / 3)
    }

    @Test func aControlThatWasCutOffKillsNothing() throws {
        let verdict = try MutationTest.judge(try test(["a": 1], control: nil).url)
        #expect(verdict.mutants.map(\.outcome) == [.couldNotTell])
    }

    @Test func ofARunThatWasCutOffTheGuestsCountThatWereRead() throws {
        let test = try MutationDirectory.create(under: folder, target: "t", started: .now)
        func write(_ name: String, _ subject: Subject, _ code: Int, lone: Int?) throws {
            try SampleRun.write(
                at: test.place(of: name),
                [SampleRun(subject: subject, code: code), SampleRun(subject: subject, alone: "lone", code: lone)])
        }
        try write("control", .patched, 0, lone: nil)
        try write("mutants/a", .mutant(name: nil), 1, lone: nil)
        try write("mutants/b", .mutant(name: nil), 0, lone: 1)
        func mutant(_ name: String, _ killedBy: String) -> MutantRecord {
            MutantRecord(
                name: name, subject: "s", breaks: ["C1"], killedBy: [killedBy], variant: nil, run: "mutants/\(name)")
        }
        try test.write(
            MutationRecord(
                target: "t", version: "6.1.7", started: .now, controls: [.init(variant: nil, run: "control")],
                mutants: [mutant("a", "w"), mutant("b", "lone"), mutant("c", "w")], leftOut: []))
        let verdict = try MutationTest.judge(test.url)
        #expect(verdict.mutants.map(\.outcome) == [.killed, .couldNotTell, .couldNotTell])
        #expect(verdict.controls.map(\.workloads) == [["w": .pass]])
    }

    @Test func eachRunInItIsJudgedByItselfToo() throws {
        let test = try test(["a": 1])
        let verdict = try ComparisonTest.judge(try RunDirectory(opening: test.place(of: "mutants/a")))
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.failing == ["w"])
        #expect(verdict.subjects == [.mutant(name: nil)])
        #expect(verdict.comparison.map(\.mutant) == [.fail])
        #expect(verdict.schema == 4)
        let control = try ComparisonTest.judge(try RunDirectory(opening: test.place(of: "control")))
        #expect(control.conclusion.answer == .passed)
        #expect(control.schema == 1)
    }

    /// A mutant that `w` notices under seed 3, the second tried, and what it did the second time.
    private func searched(again: SampleRun, controlSeed: UInt64 = 3) throws -> MutantVerdict {
        let test = try MutationDirectory.create(under: folder, target: "t", started: .now)
        try run("mutants/a/seed-3", .mutant(name: nil), 1, in: test)
        try SampleRun.write(at: test.place(of: "mutants/a/seed-3-again"), [again])
        try run("control/seed-3", .patched, 0, in: test)
        try test.write(
            MutationRecord(
                target: "t", version: "6.1.7", started: .now,
                controls: [.init(variant: nil, seed: controlSeed, run: "control/seed-3")],
                mutants: [
                    MutantRecord(
                        name: "a", subject: "s", breaks: ["C1"], killedBy: ["w"], variant: nil,
                        search: SeedSearch(seed: 3, tried: 2, again: "mutants/a/seed-3-again"), run: "mutants/a/seed-3")
                ], leftOut: [], withoutRace: ["b"]))
        let verdict = try MutationTest.judge(test.url)
        #expect(verdict.withoutRace == ["b"])
        return verdict.mutants[0]
    }

    @Test func aSeedThatKillsTwiceIsAKill() throws {
        let mutant = try searched(again: SampleRun(subject: .mutant(name: nil), code: 1))
        #expect(mutant.outcome == .killed)
        #expect(mutant.search?.seed == 3)
    }

    @Test func aSeedThatGivesAnotherRunTheSecondTimeKillsNothing() throws {
        for again in [
            SampleRun(subject: .mutant(name: nil), code: 0), SampleRun(subject: .mutant(name: nil), code: nil),
            SampleRun(subject: .mutant(name: nil), code: 1, boot: "[    0.299440] Memory\n"),
        ] {
            let mutant = try searched(again: again)
            #expect(mutant.outcome == .couldNotTell)
            #expect(mutant.gaps.first?.hasPrefix("seed 3 gives another run the second time: ") == true)
        }
    }

    @Test func theControlIsThatOfTheSameSeed() throws {
        let mutant = try searched(again: SampleRun(subject: .mutant(name: nil), code: 1), controlSeed: 4)
        #expect(mutant.outcome == .couldNotTell)
        #expect(mutant.gaps == ["w was not run on the patched kernel, or was cut off"])
    }
}
