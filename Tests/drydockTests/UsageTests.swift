import Foundation
import HostTools
import Testing

@Suite struct UsageTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addTarget("t", source: "directory: /nonexistent")
        try command.addWorkload("cut")
    }

    @Test func helpIsNoError() async throws {
        let help = try await HostTool(try Command.program.path).run(["--help"])
        #expect(help.status == .exited(0))
        #expect(help.output.contains("May I post this backport?"))
        #expect(help.lines.allSatisfy { $0.count <= 80 })
        for name in ["doctor", "targets", "fetch", "series", "build", "run", "test", "mutants", "judge", "report"] {
            #expect(try await HostTool(try Command.program.path).run([name, "--help"]).status == .exited(0))
        }
    }

    @Test func completionsAreWritten() async throws {
        let script = try await HostTool(try Command.program.path).run(["--generate-completion-script", "bash"])
        #expect(script.status == .exited(0))
        #expect(script.output.contains("--workload"))
    }

    @Test func anUnknownOptionIsWrongUsage() async throws {
        let result = try await command.run("test", "--colour")
        #expect(result.status == .exited(2))
        #expect(result.output.contains("--colour"))
    }

    @Test func anUnknownTargetIsWrongUsageAndTheKnownAreNamed() async throws {
        let result = try await command.run("test", "el5")
        #expect(result.status == .exited(2))
        #expect(result.output.contains("cannot load target el5"))
        #expect(result.output.contains("known targets: t"))
    }

    @Test func anUnknownWorkloadIsWrongUsageBeforeAnythingIsBuilt() async throws {
        let result = try await command.run("test", "t", "--workload", "cutt")
        #expect(result.status == .exited(2))
        #expect(result.lines == ["drydock: cannot run workload cutt: there is no images/workloads/cutt; known: cut"])
    }

    @Test func malformedYAMLIsNamedAndNotJudged() async throws {
        try command.write("source: [", to: "kernel-patches/t/target.yaml")
        let result = try await command.run("test", "t")
        #expect(result.status == .exited(69))
        #expect(result.output.contains("kernel-patches/t/target.yaml"))
    }

    @Test func aSourceThatIsNotThereIsNamed() async throws {
        let described = try await command.run("fetch", "t")
        #expect(described.output.contains("/nonexistent"))
        #expect(described.status == .exited(69))
        let given = try await command.run("fetch", "t", "--source", "/none/such")
        #expect(given.output.contains("/none/such"))
        #expect(given.status == .exited(2))
    }

    @Test func judgingWithoutARunSaysHowToMakeOne() async throws {
        let result = try await command.run("judge")
        #expect(result.status == .exited(2))
        #expect(result.output.contains("drydock test"))
    }

    @Test func judgingAFolderThatIsNoRunIsRefused() async throws {
        let result = try await command.run("judge", command.folder.path)
        #expect(result.status == .exited(69))
        #expect(result.output.contains("run.json"))
    }

    @Test func targetsAreListed() async throws {
        #expect(try await command.run("targets").lines == ["t  t"])
        #expect(try await command.run("targets", "--json").output.contains("\"name\" : \"t\""))
    }

    @Test func bisectTurnsWhatCannotBeTestedInto125() async throws {
        #expect(try await command.run("test", "t", "--bisect").status == .exited(125))
    }
}
