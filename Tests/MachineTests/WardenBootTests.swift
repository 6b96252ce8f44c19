import Foundation
import Glibc
import Machine
import Testing

/// The guests here belong to other processes, which are killed.
@Suite(.serialized, .tags(.boots), .timeLimit(.minutes(2))) struct WardenBootTests {
    @Test func noGuestOutlivesAKilledDrydock() async throws {
        try await withFolder { folder in
            let kernel = try await TinyGuest(prints: "drydock: init\n", then: .hang).build(in: folder)
            let killed = try Holder(kernel, folder.appending(path: "1"))
            let spared = try Holder(kernel, folder.appending(path: "2"))
            defer { spared.kill() }
            #expect(Host.guests(of: killed.domain).count == 1)
            #expect(Host.guests(of: spared.domain).count == 1)
            killed.kill()
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
        }
    }
}

/// A child process that holds a guest.
private struct Holder {
    let domain: String
    let root: String
    private let process = Process()

    init(_ kernel: URL, _ console: URL) throws {
        let pipe = Pipe()
        process.executableURL = Host.guestHolder
        process.arguments = ["hold", kernel.path, console.path, Host.cache.path]
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace)
        try #require(words.count == 2, "the holder said: \(line)")
        domain = String(words[0])
        root = String(try #require(words[1].split(separator: "=").last))
    }

    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
