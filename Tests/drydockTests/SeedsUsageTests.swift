import Foundation
import HostTools
import Testing

@Suite struct SeedsUsageTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addTarget("t", source: "directory: /nonexistent")
        try command.addWorkload("cut")
    }

    @Test(
        "a wrong combination is wrong usage",
        arguments: [
            (["--seeds", "1..3"], "--seeds needs --deterministic"),
            (["--deterministic", "--seeds", "3..1"], "--seeds"),
            (["--deterministic", "--seeds", "1..99999"], "--seeds"),
            (["--deterministic", "--seeds", "x"], "--seeds"),
            (["--deterministic", "--seeds", "1..3", "--seed", "2"], "--seed is one of --seeds"),
            (["--check-determinism"], "--check-determinism needs --deterministic"),
            (["--deterministic", "--check-determinism", "--repeat", "3"], "--check-determinism means --repeat 2"),
            (["--deterministic", "--icount"], "--deterministic already counts instructions"),
        ])
    func combinations(options: [String], said: String) async throws {
        let result = try await command.run(["test", "t"] + options)
        #expect(result.status == .exited(2), "\(result.output)")
        #expect(result.output.contains(said))
    }

    @Test(
        "a wrong combination is wrong usage of mutants too",
        arguments: [
            (["--seeds", "1..3"], "--seeds needs --deterministic"),
            (["--deterministic", "--seed", "3"], "With --deterministic give --seeds"),
            (["--deterministic", "--all"], "leave out --all"),
        ])
    func combinationsOfMutants(options: [String], said: String) async throws {
        let result = try await command.run(["mutants", "t"] + options)
        #expect(result.status == .exited(2), "\(result.output)")
        #expect(result.output.contains(said))
    }

    @Test("a run that depended on its host cannot be replayed")
    func replayOfAnOrdinaryRun() async throws {
        try command.write(
            #"{"schema":1,"identifier":"r","target":"t","started":"2026-01-01T00:00:00Z","subjects":["patched"],"environment":{}}"#,
            to: "r/run.json")
        let result = try await command.run("replay", command.folder.appending(path: "r").path)
        #expect(result.status == .exited(69))
        #expect(result.output.contains("was not made with --deterministic"), "\(result.output)")
    }

    @Test(
        "a wrong combination is wrong usage of replay too",
        arguments: [
            (["--before", "1.5"], "--before needs --gdb"),
            (["--gdb", "--before=-1"], "it must be a guest time"),
            (["--gdb", "--before", "nan"], "it must be a guest time"),
            (["--gdb", "--minimise"], "--minimise first"),
        ])
    func combinationsOfReplay(options: [String], said: String) async throws {
        let result = try await command.run(["replay"] + options)
        #expect(result.status == .exited(2), "\(result.output)")
        #expect(result.output.contains(said), "\(result.output)")
    }

    @Test("a directory that is not a run is named")
    func replayOfNothing() async throws {
        let result = try await command.run("replay", command.folder.path)
        #expect(result.status == .exited(69))
        #expect(result.output.contains(command.folder.path))
    }
}
