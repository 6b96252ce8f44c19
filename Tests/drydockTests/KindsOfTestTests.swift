import Evidence
import Foundation
import HostTools
import Testing

/// `judge` and `report` take the directory of any kind of test, in any format.
@Suite struct KindsOfTestTests {
    let command: Command

    init() throws { command = try Command() }

    private func place(_ name: String) -> URL { command.runs.appending(path: name) }

    /// A run of one workload that passes.
    private func addRun(at place: URL, _ subject: Subject) throws {
        let guest = GuestName(subject)
        let run = try RunDirectory.create(
            at: place, target: "t", started: .now, guests: [guest], environment: [:])
        try run[guest].write(plan: BootPlan(target: "t", guest: guest, workloads: [PlannedWorkload(name: "w")]))
        try run[guest].write(
            boot: BootRecord(ending: .poweredOff, seconds: 4, secondsToInit: 2, accelerator: "tcg"))
        try Data("drydock: init\ndrydock: begin 1/1 w\ndrydock: end 1/1 w exit 0\ndrydock: done\n".utf8)
            .write(to: run[guest][.console])
        let files = [
            "01-w.ktap": "KTAP version 1\n1..1\nok 1 a claim\n", "01-w.status": "ended=exit\ncode=0\n",
            "init.status": "plan=complete\nworkloads=1\n",
        ]
        try run[guest].write(results: .read(files.mapValues { Data($0.utf8) }))
    }

    /// One of each kind, by its name.
    private func addOneOfEach() throws -> [String] {
        try addRun(at: place("run"), .patched)
        func write(_ record: some Encodable, _ name: String, _ file: String) throws {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            try command.write(String(decoding: try encoder.encode(record), as: UTF8.self), to: "runs/\(name)/\(file)")
        }
        let repetition = RepetitionRecord(target: "t", started: .now, times: 2)
        try write(repetition, "repeated", RepetitionRecord.file)
        for run in repetition.runs { try addRun(at: place("repeated/\(run)"), .patched) }
        let seeds = SeedRecord(target: "t", started: .now, seeds: 1...2, times: 1)
        try write(seeds, "seeds", SeedRecord.file)
        for (run, _) in seeds.runs { try addRun(at: place("seeds/\(run)"), .patched) }
        try write(
            MutationRecord(
                target: "t", version: "6.1", started: .now, controls: [.init(variant: nil, run: "control")],
                mutants: [
                    MutantRecord(
                        name: "m", subject: "mm: m", breaks: ["C1"], killedBy: ["w"], variant: nil, run: "mutants/m")
                ], leftOut: []), "mutants", MutationRecord.file)
        try addRun(at: place("mutants/control"), .patched)
        try addRun(at: place("mutants/mutants/m"), .mutant(name: nil))
        return ["run", "repeated", "seeds", "mutants"]
    }

    @Test("each kind is shown in each format")
    func formats() async throws {
        for name in try addOneOfEach() {
            let ktap = try await command.run("report", name, "--format", "ktap")
            #expect(ktap.status == .exited(0), "\(ktap.output)")
            #expect(ktap.lines.prefix(2) == ["KTAP version 1", "1..1"])
            let line = name == "mutants" ? "not ok 1 m" : "ok 1 w"
            #expect(ktap.lines.contains(line), "\(ktap.output)")
            let json = try await command.run("report", name, "--format", "json")
            #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [String: Any])
            let text = try await command.run("report", name)
            #expect(text.lines.last == "run: \(place(name).path)")
            #expect(text.output.contains(name == "mutants" ? "FAILED: 1 mutant survived" : "PASSED: "))
            #expect(!FileManager.default.fileExists(atPath: place("\(name)/verdict.json").path))
            let judged = try await command.run("judge", name, "--format", "ktap")
            #expect(judged.output == ktap.output)
        }
    }

    @Test("the verdict is kept even if nobody reads the output")
    func keptBeforeItIsPrinted() async throws {
        _ = try addOneOfEach()
        let shell = try await HostTool("bash").run([
            "-c", #""$0" judge "$1" --root "$2" | true"#, try Command.program.path, place("run").path,
            command.folder.path,
        ])
        #expect(shell.status == .exited(0), "\(shell.output)")
        #expect(FileManager.default.fileExists(atPath: place("run/verdict.json").path))
    }

    @Test("an unknown format is wrong usage, and the known ones are named")
    func unknownFormat() async throws {
        _ = try addOneOfEach()
        let result = try await command.run("report", "run", "--format", "xml")
        #expect(result.status == .exited(2))
        for name in ["terminal", "json", "ktap"] { #expect(result.output.contains("'\(name)'"), "\(result.output)") }
    }

    @Test("the latest run is the latest that came to its end, and skipped ones are named")
    func latest() async throws {
        try addRun(at: place("2-finished"), .patched)
        _ = try RunDirectory.create(
            at: place("3-interrupted"), target: "t", started: .now, guests: [.patched], environment: [:])
        try command.write("no run at all", to: "runs/4-notes/text")
        let result = try await command.run("report")
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(result.lines.last == "run: \(place("2-finished").path)")
        #expect(result.output.contains("skipping 3-interrupted, because it did not come to its end"))
        let named = try await command.run("judge", "3-interrupted")
        #expect(named.status == .exited(69))
    }
}
