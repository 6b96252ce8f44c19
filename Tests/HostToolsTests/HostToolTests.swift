import Foundation
import HostTools
import Synchronization
import Testing

@Suite struct HostToolTests {
    @Test func aNonZeroExitIsAResult() async throws {
        let result = try await HostTool("sh").run(["-c", "echo out; echo err >&2; exit 3"])
        #expect(result.status == .exited(3))
        #expect(result.lines == ["out", "err"])
    }

    @Test func aSignalIsNotAnExit() async throws {
        #expect(try await HostTool("sh").run(["-c", "kill -9 $$"]).status == .signalled(9))
    }

    @Test func linesArriveAsTheyArePrinted() async throws {
        let seen = Mutex<[String]>([])
        _ = try await HostTool("printf").run(["one\ntwo\n\nlast without end"]) { line in
            seen.withLock { $0.append(line) }
        }
        #expect(seen.withLock { $0 } == ["one", "two", "", "last without end"])
    }

    @Test func insistingNamesTheActAndShowsTheEndOfTheOutput() async {
        let error = await #expect(throws: ToolError.self) {
            try await HostTool("sh").run(to: "unpack the moon", ["-c", "seq 1 100; exit 7"])
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("cannot unpack the moon: sh ended with exit status 7:\n81\n"))
        #expect(text.hasSuffix("\n100"))
    }

    @Test func aMissingProgramIsNamed() async {
        let error = await #expect(throws: ToolError.self) { try await HostTool("no-such-tool").run([]) }
        #expect(error?.description.contains("cannot start no-such-tool") == true)
        #expect(HostTool("no-such-tool").path == nil)
        #expect(HostTool("sh").path?.hasSuffix("/sh") == true)
    }

    @Test func theEnvironmentIsAddedTo() async throws {
        let tool = HostTool("sh", environment: ["DRYDOCK_TEST": "seen"])
        let result = try await tool.run(["-c", "echo $DRYDOCK_TEST; test -n \"$PATH\" && echo path"])
        #expect(result.lines == ["seen", "path"])
    }

    @Test func cancellingEndsTheWholeGroup() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let task = Task {
            // The grandchild would survive if only the shell were told to go.
            try await HostTool("sh").run(["-c", "sleep 1000 & echo $! > pid; wait"], in: folder)
        }
        let file = folder.appending(path: "pid")
        var pid: pid_t?
        while pid == nil {
            try await Task.sleep(for: .milliseconds(10))
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            pid = pid_t(text.trimmingCharacters(in: .newlines))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The signal may still be on its way; a zombie, which process 1 has yet to reap, is gone all the same.
        for _ in 0..<200 where isAlive(pid!) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!isAlive(pid!))
    }

    private func isAlive(_ pid: pid_t) -> Bool {
        guard let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !state.contains(") Z ")
    }
}
