import Foundation
import Glibc
import HostTools
import Machine
import Testing

/// The guests here belong to other processes, which are killed.
@Suite(.serialized, .tags(.boots), .timeLimit(.minutes(2))) struct WardenBootTests {
    @Test func noGuestOutlivesAKilledDrydock() async throws {
        try await withFolder { folder in
            let kernel = try await TinyGuest(prints: "drydock: init\n", then: .hang).build(in: folder)
            let killed = try await Holder(kernel, folder.appending(path: "1"))
            let spared = try await Holder(kernel, folder.appending(path: "2"))
            #expect(Host.guests(of: killed.domain).count == 1)
            #expect(Host.guests(of: spared.domain).count == 1)
            await killed.kill()
            for _ in 0..<100 where !Host.guests(of: killed.domain).isEmpty {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(Host.guests(of: killed.domain).isEmpty)
            for _ in 0..<100 where FileManager.default.fileExists(atPath: killed.root) {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(!FileManager.default.fileExists(atPath: killed.root))
            #expect(FileManager.default.fileExists(atPath: Host.cache.path), "the shared cache stays")
            #expect(Host.guests(of: spared.domain).count == 1, "another drydock's guest is none of its business")
            await spared.kill()
        }
    }
}

/// A child process that holds a guest. Not Foundation's `Process`, whose run loop aborts above descriptor 1023.
private struct Holder {
    let domain: String
    let root: String
    private let process: pid_t
    private let shell: Task<ToolResult, any Error>

    init(_ kernel: URL, _ console: URL) async throws {
        let said = console.appendingPathExtension("said").path
        let arguments = [Host.guestHolder.path, "hold", kernel.path, console.path, Host.cache.path]
        shell = Task {
            try await HostTool("bash").run(["-c", #""$@" >"$0" & echo $! >"$0.pid"; wait"#, said] + arguments)
        }
        func words(_ file: String) -> [Substring] {
            ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(whereSeparator: \.isWhitespace)
        }
        for _ in 0..<600 where words(said).count < 2 { try await Task.sleep(for: .milliseconds(50)) }
        try #require(words(said).count == 2, "the holder said: \(words(said))")
        domain = String(words(said)[0])
        root = String(try #require(words(said)[1].split(separator: "=").last))
        process = try #require(words("\(said).pid").first.flatMap { pid_t($0) })
    }

    func kill() async {
        Glibc.kill(process, SIGKILL)
        _ = await shell.result
    }
}
