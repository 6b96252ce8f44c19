import Foundation
import HostTools
import Testing

/// A period compiler in a chroot, whose folders are this host's own and whose gcc is a script.
///
/// The toy's mm/mmap.c compiles with that gcc alone. Each command runs in a mount name space of the test's, where the
/// chroot is put together; what is mounted there before and after drydock must be the same.
@Suite(.enabled("this user cannot mount a file system of its own", SmallDisk.canBeMade)) struct ToolchainRootTests {
    let command: Command
    private let root: String

    init() throws {
        command = try Command()
        root = "\(command.folder.path)/chroot"
        try command.addTarget("t", source: "directory: \(try command.addToyTree())")
        try command.write(
            "source: { directory: \(command.folder.path)/toy }\ntoolchain: { compiler: tools/cc }\n",
            to: "kernel-patches/t/target.yaml")
        try command.write("#!/bin/sh\nexec $DRYDOCK_CC -DFRONT=1 \"$@\"\n", to: "kernel-patches/t/tools/cc")
        let mmap = try String(contentsOfFile: "\(command.folder.path)/toy/mm/mmap.c", encoding: .utf8)
        try command.write(
            "#if !defined(PERIOD) || defined(FRONT)\n#error not the compiler of the chroot\n#endif\n\(mmap)",
            to: "toy/mm/mmap.c")
        try compiler()
        try command.write("not to be seen\n", to: "chroot/tmp/of-the-chroot")
        try command.write("of the chroot\n", to: "chroot/etc/period")
    }

    /// The chroot's gcc.
    /// - Parameter before: shell lines it runs first when it compiles.
    private func compiler(version: String = "4.1.2", before: String = "") throws {
        let script = """
            #!/bin/sh
            if [ "$1" = --version ]; then echo "gcc (Period) \(version)"; exit; fi
            \(before)
            exec /usr/bin/gcc -DPERIOD=1 "$@"
            """
        try command.write(script, to: "period/gcc")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: "\(command.folder.path)/period/gcc")
    }

    /// Puts the chroot together and runs drydock beside it.
    /// - Parameter before: stands before drydock's words and ends in one that runs them.
    private func drydock(_ words: [String], before: String = "") async throws -> ToolResult {
        let script = #"""
            set -e
            for folder in usr bin sbin lib lib64; do
                if [ -L /$folder ]; then ln -sfn "$(readlink /$folder)" "$CHROOT/$folder"; continue; fi
                mkdir -p "$CHROOT/$folder"
                mount --rbind /$folder "$CHROOT/$folder"
                mount -o remount,bind,ro "$CHROOT/$folder"
            done
            mount --bind "$ROOT/period" "$CHROOT/usr/local/bin"
            look() { cut -d " " -f 1-3 /proc/self/mounts | sort; find "$CHROOT" -path "$CHROOT/usr" -prune -o -print | sort; }
            look > "$ROOT/before"
            set +e
            \#(before) "$@"
            status=$?
            look > "$ROOT/after"
            diff "$ROOT/before" "$ROOT/after" || status=99
            exit $status
            """#
        let folders = ["--root", command.folder.path, "--cache", cache, "--runs", command.runs.path]
        return try await HostTool("unshare", environment: ["CHROOT": root, "ROOT": command.folder.path]).run(
            ["--mount", "--map-root-user", "bash", "-c", script, "bash", try Command.program.path] + words + folders)
    }

    private var cache: String { "\(command.folder.path)/cache" }

    private struct Record: Decodable {
        struct Toolchain: Decodable { let root: String? }
        let compiler: String
        let front: String?
        let toolchain: Toolchain?
    }

    private func record(_ result: ToolResult) throws -> Record? {
        let start = try #require(result.output.range(of: "\n{")?.lowerBound)
        return try JSONDecoder().decode([String: Record].self, from: Data(result.output[start...].utf8))["base"]
    }

    @Test func buildsInsideTheChrootAndLeavesNothingThere() async throws {
        try compiler(before: "cat /etc/period > $PWD/seen; ls /tmp >> $PWD/seen")
        let build = ["build", "t", "--json", "--toolchain-root", root]
        let result = try await drydock(build)
        #expect(result.status == .exited(0), "\(result.output)")
        let record = try #require(try record(result))
        #expect(record.compiler == "gcc (Period) 4.1.2")
        #expect(record.front == nil)
        #expect(record.toolchain?.root == root)
        let seen = try await HostTool("find").run([cache, "-name", "seen", "-exec", "cat", "{}", "+"])
        // The way to the cache leads through /tmp.
        let first = try #require(command.folder.pathComponents.dropFirst(2).first)
        #expect(seen.lines.contains("of the chroot"))
        #expect(seen.lines.contains(first))
        #expect(!seen.lines.contains("of-the-chroot"))

        let again = try await drydock(build)
        #expect(again.lines.contains { $0.hasPrefix("build base") && $0.hasSuffix("(nothing to do)") })
        try compiler(version: "4.1.3")
        let other = try await drydock(build)
        #expect(other.status == .exited(0), "\(other.output)")
        #expect(!other.lines.contains { $0.hasPrefix("build base") && $0.hasSuffix("(nothing to do)") })
        #expect(try await drydock(["build", "t"]).status == .exited(69), "this host's compiler is another one")
    }

    @Test func theProbeIsBuiltThereToo() async throws {
        let makefile = try String(contentsOfFile: "\(command.folder.path)/toy/Makefile", encoding: .utf8)
        try command.write(
            makefile.replacing("$(M)/probe.", with: "$(M)/drydock_probe."), to: "toy/Makefile")
        for folder in ["images/init", "images/accelerator"] {
            try FileManager.default.copyItem(
                at: Command.checkout.appending(path: folder), to: command.folder.appending(path: folder))
        }
        try command.write("#ifndef PERIOD\n#error no\n#endif\nint probe;\n", to: "images/probe/drydock_probe.c")
        try command.addWorkload("idle")
        try command.write("summary: s\nkind: locks\nneeds: [probe]\n", to: "images/workloads/idle/workload.yaml")
        // libvirt's own test driver: the run ends before any guest.
        let result = try await drydock(["run", "t", "--connect", "test:///default", "--toolchain-root", root])
        #expect(result.lines.contains { $0.hasPrefix("image ") && $0.contains("1 workload") }, "\(result.output)")
        #expect(result.status == .exited(69))
    }

    @Test func aBuildThatFailsLeavesNothingMounted() async throws {
        try compiler(before: "echo \"x.c:1: error: the period compiler refuses\"; exit 1")
        let result = try await drydock(["build", "t", "--toolchain-root", root])
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("the period compiler refuses"))
    }

    @Test func aKilledDrydockLeavesNothingMounted() async throws {
        try compiler(before: "echo $$ >> $PWD/../begun; exec sleep 1000")
        // The compiler, and make with it, is ended by hand: a killed drydock lets a make that runs come to its end.
        let before = #"""
            kill_it() {
                "$@" > "$ROOT/output" 2>&1 & pid=$!
                while ! begun=$(ls "$ROOT"/cache/trees/*/base/begun 2>/dev/null); do sleep 0.05; kill -0 $pid || return 98; done
                kill -KILL $pid; wait $pid; status=$?
                cut -d " " -f 1-3 /proc/self/mounts | sort > "$ROOT/at-once"
                until flock --timeout 1 "${begun%/*}/make.lock" true; do xargs kill < "$begun"; done
                return $status
            }
            kill_it
            """#
        let result = try await drydock(["build", "t", "--toolchain-root", root], before: before)
        #expect(result.status == .exited(137), "\(result.output)")
        let mounts = try String(contentsOfFile: "\(command.folder.path)/at-once", encoding: .utf8)
        #expect(!mounts.contains("\(cache)/"))
    }

    @Test func whatIsNoChrootOrLacksTheCompilerIsNamed() async throws {
        let none = try await command.run("build", "t", "--toolchain-root", "\(command.folder.path)/toy")
        #expect(none.status == .exited(69))
        #expect(none.output.contains("cannot use the chroot \(command.folder.path)/toy: it has no bin/sh"))
        let lacking = try await drydock(["build", "t", "--toolchain-root", root, "--toolchain", "/opt/none-"])
        #expect(lacking.status == .exited(69))
        #expect(lacking.output.contains("cannot find /opt/none-gcc in the chroot \(root)"), "\(lacking.output)")
    }

    @Test func aHostThatRefusesToMountIsNamedWithTheWayOut() async throws {
        try command.write(
            "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n", to: "bin/unshare")
        let result = try await drydock(
            ["build", "t", "--toolchain-root", root],
            before: "chmod +x \"$ROOT/bin/unshare\"; PATH=$ROOT/bin:$PATH")
        #expect(result.status == .exited(69))
        #expect(result.output.contains("cannot enter the chroot \(root): run drydock as root"), "\(result.output)")
        #expect(result.output.contains("Operation not permitted"))
    }
}
