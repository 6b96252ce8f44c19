import Files
import Foundation
import HostTools
import Testing

/// Programs that are started under a lock.
struct TetherTests {
    /// A locked file, which goes with its owner.
    private final class Lock: Sendable {
        let file = FileManager.default.temporaryDirectory.appending(path: "drydock-lock-\(UUID().uuidString)")
        let descriptor: Int32

        init() throws {
            descriptor = open(file.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
            try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        }

        deinit { try? FileManager.default.removeItem(at: file) }
    }

    private let lock = try! Lock()
    private var file: URL { lock.file }

    private func run(
        _ script: String, onLine: @Sendable @escaping (String) -> Void = { _ in }
    ) async throws -> ToolResult {
        try await FileLock.$held.withValue(lock.descriptor) {
            try await HostTool("bash").run(["-c", script], onLine: onLine)
        }
    }

    /// Whether somebody else could take the lock.
    private func isFree() -> Bool {
        let other = open(file.path, O_RDWR | O_CLOEXEC)
        defer { close(other) }
        return flock(other, LOCK_EX | LOCK_NB) == 0
    }

    @Test func aProgramSaysAndEndsWhatItWouldWithoutALock() async throws {
        let result = try await run("echo out; echo err >&2; cat; exit 3")
        #expect(result.lines == ["out", "err"])
        #expect(result.status == .exited(3))
        #expect(try await run("kill -9 $$").status == .signalled(9))
        #expect(try await run("exit 255").status == .exited(255))
        #expect(try String(contentsOf: file, encoding: .utf8).isEmpty)
    }

    @Test func whatAProgramLeavesRunningHoldsTheLock() async throws {
        let result = try await run("sleep 1000 >/dev/null 2>&1 & echo $!")
        let left = try #require(result.lines.first.flatMap { pid_t($0) })
        close(lock.descriptor)
        #expect(!isFree())
        kill(left, SIGKILL)
        while !isFree() { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func aMissingProgramIsNamed() async {
        let error = await #expect(throws: ToolError.self) {
            try await FileLock.$held.withValue(lock.descriptor) { try await HostTool("no-such-tool").run([]) }
        }
        #expect(error?.description.contains("cannot start no-such-tool") == true)
    }

    /// The program cleans up when it is told to go, as make does.
    @Test func aCancelledProgramIsWaitedFor() async throws {
        let place = file.appendingPathExtension("cleaned")
        defer { try? FileManager.default.removeItem(at: place) }
        // Nobody reads any longer what it says then.
        let script = """
            trap 'sleep 0.2; echo yes >\(place.path); exit' TERM
            echo ready; exec >/dev/null 2>&1; while :; do sleep 0.05; done
            """
        let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
        let task = Task { try await run(script) { _ in isReady.yield() } }
        for await _ in ready { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(FileManager.default.fileExists(atPath: place.path))
    }
}
