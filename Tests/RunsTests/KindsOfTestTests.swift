import Build
import Evidence
import Files
import Foundation
import HostTools
import Judgement
import KernelSources
import Machine
import Results
import Synchronization
import Targets
import TestSupport
import Testing

@testable import Runs

/// Every kind of test from the source to the verdict, with a tree that builds in a moment and a machine that is a table.
@Suite final class KindsOfTestTests {
    private let toy: ToyKernel
    private var runs: URL { toy.folder.appending(path: "runs") }

    init() throws {
        toy = try ToyKernel()
        for (name, more) in [("cut", ""), ("race", "race: true\n")] {
            try toy.write("summary: s\nkind: locks\n\(more)", to: "images/workloads/\(name)/workload.yaml")
            try toy.write("int main(void) { return 0; }\n", to: "images/workloads/\(name)/\(name).c")
        }
        try toy.write("int main(void) { return 0; }\n", to: "images/init/init.c")
        for header in ["images/probe/probe.h", "images/workloads/lib/ktap.h"] {
            try toy.write("/* none */\n", to: header)
        }
    }

    private func workspace() throws -> Workspace {
        try Workspace(
            root: toy.folder, cache: toy.cache.folder, runs: runs, environment: [:], current: toy.folder,
            executable: toy.folder)
    }

    private func preparation(_ machine: FakeMachine) async throws -> Preparation {
        _ = try toy.series(["six.patch": try await toy.stepSix(returns: 66)])
        return Preparation(
            workspace: try workspace(), target: try toy.target(), given: nil, version: "0", log: StageLog { _ in },
            machine: machine)
    }

    @Test func aTestBootsBaseAndPatchedAndComparesThem() async throws {
        let machine = FakeMachine { spec, _ in .init(statuses: ["cut": spec.name.contains("patched") ? 1 : 0]) }
        let run = try await preparation(machine).test(BootRequest(workloads: ["cut", "race"]))
        #expect(machine.booted == ["base", "patched"])
        #expect(machine.mostAtOnce == 1)
        let verdict = try JudgedTest(run.url)
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.conclusion.failing == ["cut"])
        let series = try String(contentsOf: run[.patches].appending(path: "series"), encoding: .utf8)
        #expect(series == "01-six.patch -p1\n")
        #expect(JudgedTest.isFinished(run.url) == true)
    }

    @Test func whatWasNotMetIsRunAgainInAGuestOfItsOwn() async throws {
        let machine = FakeMachine { spec, _ in
            .init(statuses: ["race": spec.name == "patched" ? 3 : 0])
        }
        let run = try await preparation(machine).test(BootRequest(workloads: ["cut", "race"]))
        #expect(machine.booted == ["base", "patched", "patched-again-1"])
        #expect(try JudgedTest(run.url).conclusion.answer == .passed)
    }

    @Test func aRepeatedTestBootsBaseOnce() async throws {
        let machine = FakeMachine { spec, time in .init(statuses: ["cut": spec.name.contains("002") ? 1 : 0]) }
        let test = try await preparation(machine).repeat(BootRequest(workloads: ["cut"]), times: 3)
        #expect(machine.booted == ["base-001", "patched-001", "patched-002", "patched-003"])
        let verdict = try RepetitionTest.judge(test.url)
        #expect(verdict.workloads.map(\.failed) == [["002"]])
        #expect(verdict.failure.failures == 1)
    }

    @Test func eachSeedIsARunOfTheJudgedKernelAlone() async throws {
        let machine = FakeMachine(isDeterministic: true) { spec, _ in
            .init(statuses: ["race": spec.name.contains("seed-2") ? 1 : 0])
        }
        let test = try await preparation(machine).sweep(
            BootRequest(workloads: ["race"], isDeterministic: true), seeds: 1...3, times: 2)
        #expect(Set(machine.booted).count == 6)
        let verdict = try SeedTest.judge(test.url)
        #expect(verdict.conclusion.failing == ["race"])
        #expect(verdict.varieties.map(\.distinct) == [3])
        #expect(verdict.mismatches.isEmpty)
        #expect(try JudgedTest.runToReplay(in: test.url) == test.place(of: "seed-2"))
    }

    /// Writes mutants of the patched kernel that the race must notice.
    private func writeMutants(_ names: String...) async throws {
        let patched = try toy.text("toy/mm/mmap.c").replacing("return 6;", with: "return 66;")
        for (index, name) in names.enumerated() {
            let diff = try await toy.patch(
                "mm/mmap.c", patched, patched.replacing("return 66;", with: "return \(100 + index);"))
            try toy.write(
                "Subject: s\nBreaks: C1\nKilled-by: race\n\n---\n\(diff)",
                to: "kernel-patches/toy/mutants/\(name).patch")
        }
    }

    @Test func eachMutantIsBootedOnceBesideTheKernelThatItIsMadeFrom() async throws {
        try await writeMutants("early", "late")
        let machine = FakeMachine { spec, _ in .init(statuses: ["race": spec.name == "mutant-early" ? 1 : 0]) }
        let test = try await preparation(machine).mutate(MutationRequest(guestsAtOnce: 1))
        #expect(machine.booted == ["patched-control", "mutant-early", "mutant-late"])
        let verdict = try MutationTest.judge(test.url)
        #expect(verdict.mutants.map(\.outcome) == [.killed, .survived])
        #expect(verdict.conclusion.answer == .failed)
    }

    @Test func aMutantIsBootedWithOneSeedAfterAnotherUntilOneKillsIt() async throws {
        try await writeMutants("early", "late", "never")
        let kills = [
            "mutant-early-seed-1", "mutant-early-seed-1-again", "mutant-late-seed-3", "mutant-late-seed-3-again",
        ]
        let machine = FakeMachine(isDeterministic: true) { spec, _ in
            .init(statuses: ["race": kills.contains(spec.name) ? 1 : 0])
        }
        let test = try await preparation(machine).mutate(MutationRequest(seeds: 1...3, guestsAtOnce: 1))
        let searched = kills + (1...2).map { "mutant-late-seed-\($0)" } + (1...3).map { "mutant-never-seed-\($0)" }
        #expect(machine.booted.sorted() == (searched + ["patched-seed-1", "patched-seed-3"]).sorted())
        let verdict = try MutationTest.judge(test.url)
        #expect(verdict.mutants.map(\.outcome) == [.killed, .killed, .survived])
        #expect(verdict.mutants.map { $0.search?.seed } == [1, 3, 3])
    }

    @Test func aMutantThatCannotBeBuiltIsNamedAndTheOthersAreTested() async throws {
        try await writeMutants("good")
        try toy.write(
            "Subject: s\nBreaks: C1\nKilled-by: race\n\n---\n\(try await toy.patch("mm/mmap.c", "a\n", "b\n"))",
            to: "kernel-patches/toy/mutants/stale.patch")
        let machine = FakeMachine { spec, _ in .init(statuses: ["race": spec.name == "mutant-good" ? 1 : 0]) }
        let test = try await preparation(machine).mutate(MutationRequest())
        let verdict = try MutationTest.judge(test.url)
        #expect(verdict.mutants.map(\.outcome) == [.killed, .error])
    }

    private func deterministicRun(_ machine: FakeMachine) async throws -> RunDirectory {
        try await preparation(machine).test(BootRequest(workloads: ["cut", "race"], isDeterministic: true))
    }

    @Test func aReplayBootsEachGuestAgainAndComparesIt() async throws {
        let machine = FakeMachine(isDeterministic: true) { spec, time in
            .init(statuses: ["race": spec.name == "patched" && time == 3 ? 1 : 0])
        }
        let run = try await deterministicRun(machine)
        func replay() async throws -> Replay {
            try await .of(run, connection: nil, workspace: try workspace(), log: StageLog { _ in }, on: machine)
        }
        let same = try await replay()
        #expect(same.isReproduced)
        #expect(same.guests.map(\.guest) == [.base, .patched])
        #expect(machine.booted == ["base", "patched", "base", "patched"])
        let other = try await replay()
        #expect(!other.isReproduced)
        #expect(other.guests.map { $0.difference == nil } == [true, false])
    }

    @Test func aFailureIsRepeatedWithLessToDoAsLongAsItOccurs() async throws {
        let machine = FakeMachine(isDeterministic: true) { spec, _ in
            let steps =
                spec.commandLine.joined(separator: " ").firstMatch(of: /drydock.steps=(\d+)/).flatMap { Int($0.1) }
                ?? 1000
            return .init(statuses: ["race": spec.name.hasPrefix("patched") && steps >= 300 ? 1 : 0])
        }
        let test = try await Minimising.of(
            try await deterministicRun(machine), connection: nil, workspace: try workspace(), log: StageLog { _ in },
            on: machine)
        let smallest = try #require(try test.record().smallest)
        #expect(smallest.part.isAlone)
        #expect((300...345).contains(smallest.part.steps))
        #expect(smallest.part.areas == 1)
        #expect(try JudgedTest(test.place(of: smallest.run)).conclusion.failing == ["race"])
    }
}
