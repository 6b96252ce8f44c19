import Foundation
import Glibc
import HostTools
import Machine
import Testing

/// The QEMUs here belong to other processes, which are killed.
@Suite(.serialized, .tags(.boots), .timeLimit(.minutes(2))) struct WardenBootTests {
    @Test func noGuestOutlivesAKilledDrydock() async throws {
        try await withFolder { folder in
            let kernel = try await TinyGuest(prints: "drydock: init\n", then: .hang).build(in: folder)
            let killed = try await Holder(kernel, folder.appending(path: "1"))
            let spared = try await Holder(kernel, folder.appending(path: "2"))
            let (domain, root) = try await killed.guest()
            let (other, _) = try await spared.guest()
            #expect(Host.guests(of: domain).count == 1)
            #expect(Host.guests(of: other).count == 1)
            await killed.kill()
            #expect(try await comes { Host.guests(of: domain).isEmpty })
            #expect(try await comes { !FileManager.default.fileExists(atPath: root) })
            #expect(FileManager.default.fileExists(atPath: Host.cache.path), "the shared cache stays")
            #expect(Host.guests(of: other).count == 1, "another drydock's guest is none of its business")
            await spared.kill()
        }
    }

    @Test func noQEMUThatLibvirtAsksOutlivesAKilledDrydock() async throws {
        try await withFolder { folder in
            // Here libvirt has yet to learn what QEMU can do.
            let cache = folder.appending(path: "cache")
            let kernel = try await TinyGuest(prints: "drydock: init\n", then: .hang).build(in: folder)
            let holder = try await Holder(kernel, folder.appending(path: "1"), cache: cache)
            var root: URL?
            let isAsked = try await comes(every: .milliseconds(2)) {
                root = root ?? EmbeddedRoots.linked(to: cache)
                return root.map { Host.emulators(of: $0).contains(where: isAsking) } ?? false
            }
            await holder.kill()
            let folderOfHolder = try #require(root)
            #expect(isAsked)
            #expect(try await comes { Host.emulators(of: folderOfHolder).isEmpty })
            for process in Host.emulators(of: folderOfHolder) { kill(process, SIGKILL) }
            #expect(try await comes { !FileManager.default.fileExists(atPath: folderOfHolder.path) })
        }
    }

    /// Whether a QEMU has no machine, and so is no guest.
    private func isAsking(_ process: pid_t) -> Bool {
        let arguments = ProcessTable.arguments(of: process)
        return arguments.firstIndex(of: "-machine").map { arguments[$0...].dropFirst().first?.hasPrefix("none") }
            == true
    }

    /// Whether something comes about within a time that is long for it.
    private func comes(every interval: Duration = .milliseconds(50), _ holds: () -> Bool) async throws -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while clock.now < end {
            if holds() { return true }
            try await Task.sleep(for: interval)
        }
        return false
    }
}

/// The folders of all embedded drivers on this host.
private enum EmbeddedRoots {
    /// The one whose driver keeps what it learns under `cache`.
    static func linked(to cache: URL) -> URL? {
        let files = FileManager.default
        let names = ((try? files.contentsOfDirectory(atPath: "/tmp")) ?? []).filter { $0.hasPrefix("drydock-") }
        let name = names.first { name in
            (try? files.destinationOfSymbolicLink(atPath: "/tmp/\(name)/cache"))?.hasPrefix("\(cache.path)/") == true
        }
        return name.map { URL(filePath: "/tmp/\($0)", directoryHint: .isDirectory) }
    }
}

/// A child process that holds a guest. Not Foundation's `Process`, whose run loop aborts above descriptor 1023.
private struct Holder {
    private let said: String
    private let process: pid_t
    private let shell: Task<ToolResult, any Error>

    init(_ kernel: URL, _ console: URL, cache: URL = Host.cache) async throws {
        let said = console.appendingPathExtension("said").path
        let arguments = [Host.guestHolder.path, "hold", kernel.path, console.path, cache.path]
        self.said = said
        shell = Task {
            try await HostTool("bash").run(["-c", #""$@" >"$0" & echo $! >"$0.pid"; wait"#, said] + arguments)
        }
        let pid = try await Self.words(1, in: "\(said).pid")[0]
        process = try #require(pid_t(pid))
    }

    /// The domain's name and the folder of its driver, once the guest runs.
    func guest() async throws -> (domain: String, root: String) {
        let words = try await Self.words(2, in: said)
        return (words[0], String(try #require(words[1].split(separator: "=").last)))
    }

    private static func words(_ count: Int, in file: String) async throws -> [String] {
        var words: [String] = []
        for _ in 0..<600 where words.count < count {
            try await Task.sleep(for: .milliseconds(50))
            words = ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(whereSeparator: \.isWhitespace)
                .map(String.init)
        }
        try #require(words.count == count, "the holder said: \(words)")
        return words
    }

    func kill() async {
        Glibc.kill(process, SIGKILL)
        _ = await shell.result
    }
}
