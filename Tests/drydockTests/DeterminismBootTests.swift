import Foundation
import HostTools
import Testing

/// The same seed, the same run: with the real kernel, two processors and QEMU 10.
@Suite(.tags(.boots), .serialized) struct DeterminismBootTests {
    private let command: Command

    init() throws { command = try Command(copying: Command.checkout) }

    private static func run(_ words: [String]) async throws -> ToolResult {
        try await HostTool(try Command.program.path).run(words + ["--cache", WholeTestBootTests.cache.path])
    }

    private func drydock(_ words: String...) async throws -> ToolResult {
        try await Self.run(words + ["--root", command.folder.path, "--runs", command.runs.path, "--json"])
    }

    private struct Finding: Decodable {
        let subject: String
        let isFine: Bool
        let detail: String
    }

    private static func canRepeat() async throws -> Bool {
        let result = try await run(["doctor", "--root", Command.checkout.path, "--json"])
        let findings = try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
        return findings.contains { $0.subject == "deterministic" && $0.detail.hasPrefix("QEMU ") }
    }

    @Test(.enabled("needs QEMU 10, which `make setup` puts into the cache") { try await canRepeat() })
    func aSeedGivesTheSameRunTwiceAndAtAReplay() async throws {
        let test = try await drydock(
            "test", "debian-6.1", "--deterministic", "--seeds", "1..2", "--check-determinism", "--workload",
            "take-serial")
        #expect(test.status == .exited(0), "\(test.tail(10))")
        let names = try FileManager.default.contentsOfDirectory(atPath: command.runs.path)
        let folder = command.runs.appending(path: try #require(names.max()))
        let trace = try String(contentsOf: folder.appending(path: "seed-1/patched/trace.log"), encoding: .utf8)
        #expect(trace.hasPrefix("# begin take-serial\n"))
        #expect(trace.contains(" take "))
        #expect(trace.hasSuffix("# end take-serial\n"))

        let replay = try await drydock("replay", folder.appending(path: "seed-1").path)
        #expect(replay.status == .exited(0), "\(replay.tail(10))")
        try await plainQEMURepeats(folder.appending(path: "seed-1/patched"))
        try await stopsInGDB(folder.appending(path: "seed-1"), trace)
        // Of another kernel than was booted nothing is replayed.
        let kernel = folder.appending(path: "seed-2/patched/bzImage")
        var bytes = try Data(contentsOf: kernel)
        bytes[bytes.count - 1] ^= 1
        try FileManager.default.removeItem(at: kernel)
        try bytes.write(to: kernel)
        let changed = try await drydock("replay", folder.appending(path: "seed-2").path)
        #expect(changed.status == .exited(69))
        #expect(changed.output.contains("is not the file that was booted"))
    }

    /// By the script that a colleague without drydock has.
    private func plainQEMURepeats(_ guest: URL) async throws {
        let domain = try String(contentsOf: guest.appending(path: "domain.xml"), encoding: .utf8)
        let emulator = try #require(domain.firstMatch(of: /<emulator>(.*)<\/emulator>/)?.output.1)
        let run = try await HostTool("sh", environment: ["QEMU": String(emulator)])
            .run(["-c", "cd '\(guest.path)' && sh reproduce.sh >reproduced-console.log"])
        #expect(run.status == .exited(0), "\(run.tail(10))")
        let mayOrder = try await HostTool("sh").run([
            "-c", "chrt --fifo 1 true && ! grep -qx -e -1 /proc/sys/kernel/sched_rt_runtime_us",
        ])
        #expect(run.output.contains("may be a different run") == (mayOrder.status != .exited(0)), "\(run.tail(10))")
        guard mayOrder.status == .exited(0) else { return }
        for file in ["console.log", "trace.log"] {
            let (first, second) = (guest.appending(path: file), guest.appending(path: "reproduced-\(file)"))
            #expect(FileManager.default.contentsEqual(atPath: first.path, andPath: second.path), "\(file)")
        }
    }

    /// Before its second take, of many. Where gdb is missing that is said, and no more.
    private func stopsInGDB(_ run: URL, _ trace: String) async throws {
        let takes = trace.split(separator: "\n").filter { $0.contains(" take ") }
        let second = try #require(takes.dropFirst().first?.split(separator: " ").first.flatMap { UInt64($0) })
        let words = [
            try Command.program.path, "replay", run.path, "--gdb", "--before", "\(Double(second / 1000) / 1e6)",
            "--root",
            command.folder.path, "--runs", command.runs.path, "--cache", WholeTestBootTests.cache.path,
        ]
        let session = "printf 'info breakpoints\\nkill\\n' | " + words.map { "'\($0)'" }.joined(separator: " ")
        let gdb = try await HostTool("sh").run(["-c", session])
        if HostTool("gdb").path == nil {
            #expect(gdb.output.contains("there is no program gdb"), "\(gdb.tail(5))")
            return
        }
        #expect(gdb.output.contains("breakpoint already hit 2 times"), "\(gdb.tail(30))")
        #expect(gdb.output.contains("in mm_take_all_locks"), "\(gdb.tail(30))")
    }

    @Test(.enabled("needs QEMU 10, which `make setup` puts into the cache") { try await canRepeat() })
    func aRaceMutantIsKilledTwiceBySomeSeed() async throws {
        let test = try await drydock(
            "mutants", "debian-6.1", "--deterministic", "--seeds", "1..2", "--mutant", "no-mutex", "--mutant",
            "take-unchecked")
        #expect(test.status == .exited(0), "\(test.tail(10))")
        let names = try FileManager.default.contentsOfDirectory(atPath: command.runs.path)
        let folder = command.runs.appending(path: try #require(names.max()))
        let verdict = try JSONDecoder().decode(
            Verdict.self, from: Data(contentsOf: folder.appending(path: "verdict.json")))
        #expect(verdict.mutants.map(\.name) == ["no-mutex"])
        #expect(verdict.mutants.first?.killedBy == ["take-serial"])
        #expect(verdict.mutants.first?.search?.again != nil)
        #expect(verdict.withoutRace == ["take-unchecked"])
        // The control comes first, because the results of an interrupted test count only with it.
        #expect(verdict.controls.map(\.seed) == [1])
        #expect(try started("control/seed-1", in: folder) <= started("mutants/no-mutex/seed-1", in: folder))
        // The symbols of a mutant are gone with the next one.
        let run = folder.appending(path: try #require(verdict.mutants.first?.run))
        let machine = try String(contentsOf: run.appending(path: "mutant/machine.json"), encoding: .utf8)
        #expect(!machine.contains("vmlinux"))
    }

    /// ISO 8601 to the second, which sorts by time.
    private func started(_ run: String, in folder: URL) throws -> String {
        struct Run: Decodable { let started: String }
        let file = folder.appending(path: "\(run)/run.json")
        return try JSONDecoder().decode(Run.self, from: Data(contentsOf: file)).started
    }

    private struct Verdict: Decodable {
        struct Control: Decodable { let seed: UInt64 }
        struct Mutant: Decodable {
            struct Search: Decodable { let again: String? }
            let name: String
            let killedBy: [String]
            let search: Search?
            let run: String?
        }
        let mutants: [Mutant]
        let controls: [Control]
        let withoutRace: [String]
    }
}
