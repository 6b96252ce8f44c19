import Evidence
import Foundation
import HostTools
import Testing

/// The whole way with real kernels and real guests, good and bad.
///
/// Kernels come from the user's own cache, where `make vm-test` finds them too.
@Suite(.tags(.boots), .serialized) struct WholeTestBootTests {
    let command: Command
    static let cache = URL(
        filePath: ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
    ).appending(path: "drydock")

    init() throws { command = try Command(copying: Command.checkout) }

    func add(_ name: String, timeout: Int = 20, _ body: String) throws {
        try command.write(
            "summary: s\nkind: vmtruncate\ntimeout: \(timeout)\n", to: "images/workloads/\(name)/workload.yaml")
        let program = """
            #include <fcntl.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            int main(void)
            {
                puts("KTAP version 1\\n1..1");
                fflush(stdout);
            \(body)
                puts("ok 1 done");
                return 0;
            }
            """
        try command.write(program, to: "images/workloads/\(name)/\(name).c")
    }

    /// Puts a patch at the end of the series.
    func addPatch(_ name: String, _ text: String) throws {
        let folder = "kernel-patches/debian-6.1"
        let series = try String(contentsOf: command.folder.appending(path: "\(folder)/series"), encoding: .utf8)
        try command.write(series + "\(name)\n", to: "\(folder)/series")
        try command.write(text, to: "\(folder)/\(name)")
    }

    func test(_ workloads: [String], _ more: [String] = []) async throws -> ToolResult {
        let folders = [
            "--root", command.folder.path, "--runs", command.runs.path, "--cache", Self.cache.path, "--json",
        ]
        return try await HostTool(try Command.program.path).run(
            ["test", "debian-6.1"] + workloads.flatMap { ["--workload", $0] } + more + folders)
    }

    /// The outcome of each workload on the patched kernel, read from the run's verdict.json.
    func outcomes() throws -> [String: String] {
        struct Verdict: Decodable {
            struct Row: Decodable {
                let workload: String
                let patched: String?
            }
            let comparison: [Row]
        }
        let verdict = try JSONDecoder().decode(
            Verdict.self, from: Data(contentsOf: try run().appending(path: "verdict.json")))
        return Dictionary(uniqueKeysWithValues: verdict.comparison.map { ($0.workload, $0.patched ?? "-") })
    }

    func run() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: command.runs.path)
        return command.runs.appending(path: try #require(names.max()))
    }

    @Test func theShippedWorkloadsPassAndAreJudgedTheSameFromTheRunAlone() async throws {
        let result = try await test([])
        #expect(result.status == .exited(0), "\(result.output)")
        let first = try Data(contentsOf: try run().appending(path: "verdict.json"))
        let again = try await command.run("judge", try run().path)
        #expect(again.status == .exited(0))
        #expect(try Data(contentsOf: try run().appending(path: "verdict.json")) == first)
        #expect(try outcomes()["take-once"] == "pass")

        let second = try await test([])
        for stage in ["source", "build base", "build patched", "image", "disk"] {
            let line = second.lines.first { $0.hasPrefix("\(stage) ") }
            #expect(line?.hasSuffix("(nothing to do)") == true, "\(second.output)")
        }
    }

    @Test func aPanicTakesNothingElseAlong() async throws {
        try add("panic", "int f = open(\"/proc/sysrq-trigger\", O_WRONLY); write(f, \"c\", 1); sleep(5);")
        let result = try await test(["vmtruncate-fault", "panic", "vmtruncate-private"])
        #expect(result.status == .exited(1), "\(result.output)")
        let outcomes = try outcomes()
        #expect(outcomes["vmtruncate-fault"] == "pass")
        #expect(outcomes["panic"] == "crash")
        #expect(outcomes["vmtruncate-private"] == "pass")
        #expect(result.output.contains("boot patched again-1"), "\(result.output)")
    }

    /// It sits in the kernel, where no signal reaches it.
    @Test func soDoesAProcessThatCannotBeKilled() async throws {
        let twice = "images/workloads/lone-twice"
        try command.write(
            "summary: s\nkind: locks\ntimeout: 2\nneeds: [probe]\n", to: "\(twice)/workload.yaml")
        let result = try await test(["vmtruncate-fault", "lone-twice", "vmtruncate-private"])
        #expect(result.status == .exited(1), "\(result.output)")
        let console = try String(contentsOf: try run().appending(path: "patched/console.log"), encoding: .utf8)
        #expect(console.contains("drydock: stopped 2/3"))
        #expect(console.contains("mm_take_all_locks+0x"))
        #expect(try outcomes() == ["vmtruncate-fault": "pass", "lone-twice": "hang", "vmtruncate-private": "pass"])
    }

    @Test func whatAWorkloadDidNotMeetIsAskedOnceMoreInAGuestOfItsOwn() async throws {
        let body = """
                FILE *plan = fopen("/plan", "r");
                char line[512];
                int lines = 0;
                while (fgets(line, sizeof line, plan)) lines++;
                if (lines > 1) {
                    puts("# unmet: CPU 1 ran in 0 of 800 rounds");
                    puts("ok 1 done");
                    return 3;
                }
            """
        try add("shy", body)
        let result = try await test(["shy", "vmtruncate-fault"])
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(try outcomes() == ["shy": "pass", "vmtruncate-fault": "pass"])
        #expect(result.output.contains("CPU 1 ran in 0 of 800 rounds"))
        let judged = try await command.run("judge", try run().path)
        #expect(judged.status == .exited(0), "\(judged.output)")
        #expect(judged.output.contains("run again (patched/again/1)"), "\(judged.output)")
    }

    @Test func whatItNeverMeetsIsNotJudged() async throws {
        try add("shy", "    puts(\"# unmet: nothing came\"); puts(\"ok 1 done\"); return 3;")
        let result = try await test(["shy", "vmtruncate-fault"])
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(try outcomes() == ["shy": "unproven", "vmtruncate-fault": "pass"])
        #expect(result.output.contains("nothing came"))
    }

    @Test func aLoopIsAHangAndTheNextWorkloadStillRuns() async throws {
        try add("loop", timeout: 2, "    for (;;)\n        ;")
        let result = try await test(["loop", "vmtruncate-fault"])
        #expect(result.status == .exited(1), "\(result.output)")
        #expect(try outcomes() == ["loop": "hang", "vmtruncate-fault": "pass"])
    }

    @Test func aFullDiskIsNeverAPass() async throws {
        // init's mount is open to a workload, as it would be to a kernel that writes where it should not.
        try add(
            "fill",
            """
                char block[65536] = { 1 };
                system("true");
                FILE *mounts = fopen("/proc/mounts", "r");
                char line[512], place[256] = "";
                while (fgets(line, sizeof line, mounts))
                    if (strstr(line, " ext2 ")) sscanf(line, "%*s %255s", place);
                if (!place[0] || chdir(place)) return 2;
                int f = open("fill", O_CREAT | O_WRONLY, 0600);
                while (write(f, block, sizeof block) > 0) ;
                while (write(f, block, 1) > 0) ;
            """)
        let result = try await test(["vmtruncate-fault", "fill", "vmtruncate-private"])
        #expect(result.status != .exited(0), "\(result.output)")
        let outcomes = try outcomes()
        #expect(outcomes["vmtruncate-fault"] == "pass")
        #expect(outcomes["fill"] != "pass")
        // In a guest of its own.
        #expect(outcomes["vmtruncate-private"] == "pass")
    }

    @Test func aKernelThatNeverReachesInitIsNotJudged() async throws {
        let target = command.folder.appending(path: "kernel-patches/debian-6.1/target.yaml")
        let yaml = try String(contentsOf: target, encoding: .utf8)
        try Data(yaml.replacing("boot-seconds: 60", with: "boot-seconds: 6").utf8).write(to: target)
        try command.write("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n", to: "images/init/init.c")
        let result = try await test(["vmtruncate-fault"])
        #expect(result.status == .exited(69), "\(result.output)")
        let boot = try String(contentsOf: try run().appending(path: "patched/boot.json"), encoding: .utf8)
        #expect(boot.contains("neverReachedInit"))
        #expect(boot.contains("\"limitSeconds\" : 6"))
    }

    @Test func aBrokenProbeTurnsTheVerdictRedWithTheWorkloadsName() async throws {
        let file = command.folder.appending(path: "images/probe/notifier.c")
        let source = try String(contentsOf: file, encoding: .utf8)
        let broken = source.replacing(".invalidate_range_end", with: "/* gone */ //")
        try #require(broken != source)
        try Data(broken.utf8).write(to: file)
        let result = try await test(["notifier-ranges", "vmtruncate-fault"])
        #expect(result.status == .exited(1), "\(result.output)")
        #expect(try outcomes() == ["notifier-ranges": "fail", "vmtruncate-fault": "pass"])
    }

    @Test func aCallbackRemovedFromTheKernelTurnsTheVerdictRed() async throws {
        try addPatch("silent-zap.patch", Self.silentZap)
        let result = try await test(["notifier-ranges", "notifier-truncate", "vmtruncate-fault"])
        #expect(result.status == .exited(1), "\(result.output)")
        #expect(try outcomes()["notifier-ranges"] == "fail")
        #expect(try outcomes()["notifier-truncate"] == "fail")
        #expect(try outcomes()["vmtruncate-fault"] == "pass")
    }

    /// Truncation no longer tells notifiers that it begins, nor that it ended.
    private static let silentZap = """
        --- a/mm/memory.c
        +++ b/mm/memory.c
        @@ -1785,13 +1785,11 @@
         \t\t\t\t\t\t     &range.end);
         \ttlb_gather_mmu(&tlb, vma->vm_mm);
         \tupdate_hiwater_rss(vma->vm_mm);
        -\tmmu_notifier_invalidate_range_start(&range);
         \t/*
         \t * unmap 'address-end' not 'range.start-range.end' as range
         \t * could have been expanded for hugetlb pmd sharing.
         \t */
         \tunmap_single_vma(&tlb, vma, address, end, details);
        -\tmmu_notifier_invalidate_range_end(&range);
         \ttlb_finish_mmu(&tlb);
         }
         

        """

    /// Each stage is interrupted a moment after the one before it was reported as ended.
    @Test(arguments: [("build", "series"), ("disk", "image"), ("boot", "disk"), ("results", "boot patched")])
    func interruptedItLeavesNothingBehind(stage: String, after previous: String) async throws {
        let cache = stage == "disk" ? try cacheWithoutTemplate() : Self.cache
        if stage == "build" {
            // A patch nobody built before, so that there is something to interrupt.
            try addPatch(
                "new.patch",
                "--- a/mm/mmap.c\n+++ b/mm/mmap.c\n@@ -1 +1,2 @@\n+/* \(UUID()) */\n // SPDX-License-Identifier: GPL-2.0-only\n"
            )
        }
        let mark = UUID().uuidString
        let script = """
            TMPDIR="$2/tmp" "$1" test debian-6.1 --workload vmtruncate-fault --root "$2" --runs "$2/runs" --cache "$3" 2>"$2/progress" &
            pid=$!
            while ! grep -q "^$4 " "$2/progress"; do sleep 0.05; kill -0 $pid || exit 99; done
            sleep 0.5; kill -INT $pid; wait $pid
            """
        try FileManager.default.createDirectory(
            at: command.folder.appending(path: "tmp"), withIntermediateDirectories: true)
        let result = try await HostTool("bash", environment: ["DRYDOCK_TEST_MARK": mark]).run([
            "-c", script, "bash", try Command.program.path, command.folder.path, cache.path, previous,
        ])
        let progress = try String(contentsOf: command.folder.appending(path: "progress"), encoding: .utf8)
        #expect(result.status == .exited(130), "\(result.output)\n\(progress)")
        #expect(progress.contains("drydock: interrupted"))
        #expect(processes(marked: mark) == [])
        let files = try FileManager.default.contentsOfDirectory(atPath: command.folder.appending(path: "tmp").path)
        #expect(files.isEmpty, "\(files)")
        let halves = try FileManager.default.contentsOfDirectory(atPath: cache.path).filter { $0.hasSuffix(".part") }
        #expect(halves == [])
    }

    /// The user's cache as it would be without the results disks' template.
    func cacheWithoutTemplate() throws -> URL {
        let cache = command.folder.appending(path: "cache")
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.cache.path)
        where !name.hasPrefix("results-disk-") {
            try FileManager.default.createSymbolicLink(
                at: cache.appending(path: name), withDestinationURL: Self.cache.appending(path: name))
        }
        return cache
    }

    /// The command lines of processes that were started with this mark, or that name a file of this checkout: libvirt
    /// gives QEMU an environment of its own.
    func processes(marked mark: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { name in
            let line = (try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline"))) ?? Data()
            let environment = (try? Data(contentsOf: URL(filePath: "/proc/\(name)/environ"))) ?? Data()
            let isOurs =
                environment.range(of: Data(mark.utf8)) != nil || line.range(of: Data(command.folder.path.utf8)) != nil
            return isOurs ? String(decoding: line, as: UTF8.self) : nil
        }
    }

    @Test func killedInTheMiddleOfABootItTakesTheGuestAlong() async throws {
        let mark = UUID().uuidString
        let script = """
            "$1" test debian-6.1 --workload vmtruncate-fault --root "$2" --runs "$2/runs" --cache "$3" 2>"$2/progress" &
            pid=$!
            while ! grep -q "drydock: init" "$2"/runs/*/base/console.log 2>/dev/null; do
                sleep 0.05; kill -0 $pid || exit 99
            done
            kill -KILL $pid; wait $pid
            """
        let result = try await HostTool("bash", environment: ["DRYDOCK_TEST_MARK": mark]).run([
            "-c", script, "bash", try Command.program.path, command.folder.path, Self.cache.path,
        ])
        #expect(result.status == .exited(137), "\(result.output)")
        // The warden watches for two seconds more, then goes too.
        for _ in 0..<100 where !processes(marked: mark).isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        #expect(processes(marked: mark) == [])
        let judged = try await command.run("judge", try run().path)
        #expect(judged.status == .exited(69))
        #expect(judged.output.contains("it ended before it wrote"))
    }

    @Test func interruptedWhileItUnpacksItLeavesNoHalfTree() async throws {
        // The source is in the user's cache by now, or is fetched into it.
        let pipeline = [try Command.program.path, "fetch", "debian-6.1", "--cache", Self.cache.path]
        try await HostTool(pipeline[0]).run(to: "fetch the source", Array(pipeline.dropFirst()), in: Command.checkout)
        let cache = command.folder.appending(path: "cache")
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: cache.appending(path: "sources"), withDestinationURL: Self.cache.appending(path: "sources"))
        let script = """
            "$1" fetch debian-6.1 --root "$2" --cache "$3" 2>"$2/progress" &
            pid=$!
            while [ -z "$(find "$3/pristine" -name MAINTAINERS 2>/dev/null)" ]; do sleep 0.05; kill -0 $pid || exit 99; done
            kill -INT $pid; wait $pid
            """
        let result = try await HostTool("bash").run([
            "-c", script, "bash", try Command.program.path, command.folder.path, cache.path,
        ])
        #expect(result.status == .exited(130), "\(result.output)")
        // A digest that was worked out stays: it is of the archive, not of the tree.
        let left = try await HostTool("find").run([
            cache.appending(path: "pristine").path, "-type", "f", "-size", "+0", "!", "-name", "*.digest",
        ])
        #expect(left.lines.isEmpty, "\(left.lines.prefix(5))")
    }

    @Test(.enabled("this user cannot mount a file system of its own", SmallDisk.canBeMade))
    func aHostDiskThatIsFullIsNamed() async throws {
        let program = try Command.program.path
        let disk = SmallDisk.command(at: command.runs.path, size: "1m")
        // libvirt's own test driver: the run ends before any guest.
        let result = try await HostTool("bash").run([
            "-c", "exec \(disk) \"$@\"", "bash", program, "test", "debian-6.1", "--connect", "test:///default",
            "--root", command.folder.path, "--runs", command.runs.path, "--cache", Self.cache.path,
        ])
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("No space left on device"), "\(result.output)")
        #expect(result.output.contains("drydock: cannot write \(command.runs.path)"), "\(result.output)")
    }

    @Test func aConnectionThatIsNotThereIsNamedWithTheWayOut() async throws {
        let uri = "qemu+unix:///system?socket=\(command.folder.path)/none"
        let result = try await test(["vmtruncate-fault"], ["--connect", uri])
        #expect(result.status == .exited(69))
        #expect(result.output.contains(uri))
        #expect(result.output.contains("--connect"))
    }
}
