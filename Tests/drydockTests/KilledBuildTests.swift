import Foundation
import HostTools
import Testing

/// A drydock that is killed while its compiler works.
@Suite struct KilledBuildTests {
    let command: Command

    init() throws {
        command = try Command()
        let source = try command.addToyTree()
        try command.addTarget("toy", source: "directory: \(source)")
        try command.write("one.patch\n", to: "kernel-patches/toy/series")
        // It has read its source when it says that it has begun.
        try command.write(
            """
            #!/bin/sh
            case "$*" in *mm/mmap.c*)
                if [ -e "$ROOT/slow" ]; then
                    gcc -E -o "$ROOT/read.i" "$@" -E -o "$ROOT/read.i"
                    echo $$ >"$ROOT/compiler.new"; mv "$ROOT/compiler.new" "$ROOT/compiler"
                    sleep 1000
                fi;;
            esac
            exec gcc "$@"

            """, to: "cc")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: command.folder.appending(path: "cc").path)
        try command.write(
            """
            source: { directory: \(source) }
            toolchain: { make-arguments: ["CC=\(command.folder.path)/cc"] }
            configuration: { fragments: [config] }

            """, to: "kernel-patches/toy/target.yaml")
    }

    private func patch(returning value: Int) throws {
        let file = command.folder.appending(path: "toy/mm/mmap.c")
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let index = try #require(lines.firstIndex { $0.contains("return 6;") })
        let hunk = "--- a/mm/mmap.c\n+++ b/mm/mmap.c\n@@ -\(index + 1) +\(index + 1) @@\n"
        let changed = lines[index].replacing("return 6;", with: "return \(value);")
        try command.write("\(hunk)-\(lines[index])\n+\(changed)\n", to: "kernel-patches/toy/one.patch")
    }

    @Test func makeAndItsCompilersDieWithDrydock() async throws {
        let root = command.folder.path
        try patch(returning: 66)
        try command.write("", to: "slow")
        let script = """
            "$@" >"$ROOT/output" 2>&1 &
            pid=$!
            while [ ! -e "$ROOT/compiler" ]; do sleep 0.05; kill -0 $pid || exit 99; done
            kill -KILL $pid
            wait $pid
            compiler=$(cat "$ROOT/compiler")
            for turn in $(seq 200); do
                case $(cat /proc/$compiler/stat 2>/dev/null) in ""|*") Z "*) exit 0;; esac
                sleep 0.05
            done
            exit 98
            """
        let result = try await HostTool("bash", environment: ["ROOT": root]).run(
            [
                "-c", script, "bash", try Command.program.path, "build", "toy", "--root", root, "--cache",
                "\(root)/cache",
            ])
        #expect(result.status == .exited(0), "\(result.output)")
        try FileManager.default.removeItem(at: command.folder.appending(path: "slow"))
        for value in [67, 66] {
            try patch(returning: value)
            #expect(try await command.run("build", "toy").status == .exited(0))
            let objects = try await HostTool("find").run(["\(root)/cache/trees", "-path", "*/patched/tree/mm/mmap.o"])
            let object = try #require(objects.lines.first)
            let clean = try await HostTool("sh").run(
                [
                    "-c", #"cd "${1%/mm/mmap.o}" && gcc -Wall -Iinclude -c -o "$2" ./mm/mmap.c && cmp "$1" "$2""#, "sh",
                    object, "\(root)/clean.o",
                ])
            #expect(clean.status == .exited(0), "\(clean.output)")
            let source = object.replacing(/\.o$/, with: ".c")
            #expect(try String(contentsOfFile: source, encoding: .utf8).contains("return \(value);"))
        }
    }
}
