import Foundation
import HostTools
import Testing

/// Ctrl-C while a stage's own tool is at work: each is replaced by one that says it has begun and then never ends.
@Suite struct InterruptionTests {
    let command: Command

    init() throws {
        command = try Command()
        let source = try command.addToyTree()
        try command.addTarget("toy", source: "directory: \(source)")
        try command.addTarget("debian", source: "debian-package: linux-source-0.0")
        try command.write("one.patch\n", to: "kernel-patches/toy/series")
        let line = try String(contentsOfFile: "\(source)/mm/rmap.c", encoding: .utf8).prefix { !$0.isNewline }
        try command.write(
            "--- a/mm/rmap.c\n+++ b/mm/rmap.c\n@@ -1 +1,2 @@\n+/* one */\n \(line)\n",
            to: "kernel-patches/toy/one.patch")
        try command.addWorkload("idle")
        for folder in ["images/init", "images/accelerator", "images/probe"] {
            try FileManager.default.copyItem(
                at: Command.checkout.appending(path: folder), to: command.folder.appending(path: folder))
        }
        for folder in ["bin", "tmp"] {
            try FileManager.default.createDirectory(
                at: command.folder.appending(path: folder), withIntermediateDirectories: true)
        }
    }

    /// - Parameter stuck: runs instead of the tool: its first lines may do some of the tool's work.
    @Test(arguments: [
        ("fetch debian", "apt-get", "echo half > linux-source-0.0_1_all.deb.part"),
        ("fetch toy", "cp", "mkdir -p \"$5\"/arch"),
        ("series toy", "patch", ""),
        ("build toy", "make", "echo '  CC      init/main.o'; echo half > init/main.o"),
        ("run toy --connect test:///default", "qemu-system-x86_64", ""),
        ("run toy --connect test:///default", "musl-gcc", ""),
        ("run toy --connect test:///default", "cpio", ""),
    ])
    func aStageLeavesNothingBehind(arguments: String, tool: String, stuck: String) async throws {
        let bin = command.folder.appending(path: "bin")
        // What a tool is asked before its work, its version say, it answers.
        try command.write(
            """
            #!/bin/sh
            case "$1" in --version|-print-file-name=*|-dumpmachine) exec "$(PATH=$DRYDOCK_TEST_PATH command -v \(tool))" "$@";; esac
            \(stuck)
            touch "$DRYDOCK_TEST_BEGUN"
            sleep 1000
            """, to: "bin/\(tool)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: bin.appending(path: tool).path)
        let script = """
            "$@" 2>"$ROOT/progress" >"$ROOT/output" &
            pid=$!
            while [ ! -e "$DRYDOCK_TEST_BEGUN" ]; do sleep 0.05; kill -0 $pid || exit 99; done
            kill -INT $pid; wait $pid
            """
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        let root = command.folder.path
        let environment = [
            "DRYDOCK_TEST_BEGUN": "\(root)/begun", "DRYDOCK_TEST_PATH": path, "PATH": "\(bin.path):\(path)",
            "ROOT": root, "TMPDIR": "\(root)/tmp",
        ]
        let result = try await HostTool("bash", environment: environment).run(
            ["-c", script, "bash", try Command.program.path] + arguments.split(separator: " ").map(String.init)
                + ["--root", root, "--cache", "\(root)/cache", "--runs", "\(root)/runs"])

        let progress = try String(contentsOfFile: "\(root)/progress", encoding: .utf8)
        #expect(result.status == .exited(130), "\(result.output)\n\(progress)")
        #expect(progress.contains("drydock: interrupted"))
        #expect(processes(naming: root) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/tmp") == [])
        try command.write("", to: "cache/is-there")
        let halves = try await HostTool("find").run([
            "\(root)/cache", "-name", "*.partial", "-o", "-name", "*.part", "-o", "-name", "*.staging",
        ])
        #expect(halves.lines == [])
    }

    /// The command lines of processes that name `folder` in their arguments or environment.
    private func processes(naming folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            let files = ["cmdline", "environ"].map {
                (try? Data(contentsOf: URL(filePath: "/proc/\(name)/\($0)"))) ?? Data()
            }
            guard files.contains(where: { $0.range(of: Data(folder.utf8)) != nil }) else { return nil }
            return String(decoding: files[0], as: UTF8.self)
        }
    }
}
