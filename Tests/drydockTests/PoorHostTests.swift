import Foundation
import HostTools
import Testing

/// What a host that lacks something makes of a command.
@Suite struct PoorHostTests {
    let command: Command

    init() throws {
        command = try Command()
        try command.addTarget("toy", source: "directory: \(try command.addToyTree())")
        try command.addTarget("debian", source: "debian-package: linux-source-0.0")
        try command.addWorkload("idle")
        try FileManager.default.copyItem(
            at: Command.checkout.appending(path: "images/accelerator"),
            to: command.folder.appending(path: "images/accelerator"))
    }

    /// Runs drydock on this checkout as the last words of a shell command.
    /// - Parameter before: what the shell does first; it ends in a word that runs the rest, such as `exec`.
    func drydock(_ arguments: String, after before: String, path: String? = nil) async throws -> ToolResult {
        let folder = command.folder.path
        let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        return try await HostTool(
            "bash", environment: ["ROOT": folder, "PATH": (path.map { "\($0):" } ?? "") + search]
        ).run(
            ["-c", "\(before) \"$@\"", "bash", try Command.program.path]
                + arguments.split(separator: " ").map(String.init)
                + ["--root", folder, "--cache", "\(folder)/cache", "--runs", "\(folder)/runs"])
    }

    @Test func aDownloadThatFailsSaysWhatAptSaidAndWhereToPutTheFile() async throws {
        try command.write(
            "#!/bin/sh\necho 'E: Unable to locate package linux-source-0.0' >&2\nexit 100\n", to: "bin/apt-get")
        let result = try await drydock(
            "fetch debian", after: "chmod +x $ROOT/bin/apt-get; exec", path: "\(command.folder.path)/bin")
        #expect(result.status == .exited(69))
        #expect(result.output.contains("E: Unable to locate package"))
        #expect(result.output.contains("linux-source-0.0.tar.xz"))
        let left = try FileManager.default.subpathsOfDirectory(atPath: command.folder.appending(path: "cache").path)
        #expect(left.filter { $0.contains("partial") } == [])
    }

    @Test func withoutATargetOrANetworkTheFallbackIsTestedAndSaysSo() async throws {
        let sum = String(repeating: "0", count: 64)
        try command.write(
            "source: { tarball: { file: linux-2.6.18.tar.gz, url: https://kernel.invalid/l.tar.gz, sha256: \(sum) } }\n",
            to: "kernel-patches/vanilla-2.6.18/target.yaml")
        let source = command.folder.appending(path: "toy").path
        try command.write("source: { directory: \(source) }\n", to: "kernel-patches/debian-6.1/target.yaml")
        try command.write("#!/bin/sh\necho 'curl: (6) no such host' >&2\nexit 6\n", to: "bin/curl")
        let result = try await drydock(
            "fetch", after: "chmod +x $ROOT/bin/curl; exec", path: "\(command.folder.path)/bin")
        #expect(result.status == .exited(0))
        #expect(result.lines.count == 3, "\(result.output)")
        #expect(result.lines.first?.hasPrefix("vanilla-2.6.18 is left out: linux-2.6.18.tar.gz is not in ") == true)
        #expect(result.output.contains("(curl: (6) no such host); testing debian-6.1"))
        #expect(result.output.contains("Linux 6.1.7-toy"))
    }

    @Test func withoutATargetTheKernelDrydockExistsForIsTested() async throws {
        try FileManager.default.createDirectory(
            at: command.folder.appending(path: "cache/sources"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: command.folder.appending(path: "toy"),
            to: command.folder.appending(path: "cache/sources/linux-2.6.18"))
        try command.write(
            "source: { tarball: { file: linux-2.6.18.tar.gz } }\n", to: "kernel-patches/vanilla-2.6.18/target.yaml")
        let result = try await drydock("fetch", after: "exec")
        #expect(result.status == .exited(0))
        #expect(result.lines.count == 2, "\(result.output)")
        #expect(result.lines.first?.hasPrefix("source ") == true)
    }

    @Test func aMalformedWorkloadIsNamedBeforeAnythingIsBuilt() async throws {
        try command.write("summary: s\nkind: locks\ntimeout: soon\n", to: "images/workloads/idle/workload.yaml")
        let result = try await command.run("test", "toy")
        #expect(result.status == .exited(69))
        #expect(result.lines.count == 1, "\(result.output)")
        #expect(result.output.contains("images/workloads/idle/workload.yaml"))
        #expect(result.output.contains("timeout"))
    }

    /// Root without the capability to override modes is refused as anybody is.
    @Test func noRightsOnTheConnectionIsNamedWithTheWayOut() async throws {
        let socket = command.folder.appending(path: "socket").path
        let uri = "qemu+unix:///system?socket=\(socket)"
        let result = try await drydock(
            "run toy --connect \(uri)",
            after: """
                perl -e 'use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; listen(S, 1); exit' \(socket)
                chmod 000 \(socket)
                if [ $(id -u) = 0 ]; then chown 65534 \(socket); drop="setpriv --bounding-set=-dac_override,-dac_read_search"; fi
                exec $drop
                """)
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains(uri))
        #expect(result.output.contains("Permission denied"))
        #expect(result.output.contains("--connect"))
    }

    @Test func aFileThatGNUPatchMayNotHaveIsNoRejection() async throws {
        try await patchAfterTheBase()
        let said = "patch: **** Can't rename file mm/rmap.c.oXYZ to mm/rmap.c : Permission denied"
        try command.write("#!/bin/sh\necho \"\(said)\"\nexit 2\n", to: "bin/patch")
        let result = try await drydock(
            "series toy", after: "chmod +x $ROOT/bin/patch; exec", path: "\(command.folder.path)/bin")
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("because of this host"), "\(result.output)")
        #expect(result.output.contains("Permission denied"))
    }

    @Test func whatIsNotPrintedIsNoPass() async throws {
        let result = try await drydock("targets", after: "exec >/dev/full;")
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("cannot print to standard output"), "\(result.output)")
        #expect(result.output.contains("No space left on device"), "\(result.output)")
    }

    @Test func aLogThatTakesNothingEndsNothing() async throws {
        let result = try await drydock("fetch toy --json", after: "exec 2>/dev/full;")
        #expect(result.status == .exited(0), "\(result.output)")
        #expect(result.output.contains("digest"))
        let closed = try await drydock("fetch toy", after: "exec <&- 2>&-;")
        #expect(closed.output.contains("/pristine/"), "\(closed.output)")
    }

    @Test(arguments: ["-v 200000", "-u 4"])
    func aHostWithoutThreadsIsNamed(_ limit: String) async throws {
        // Root has no limit of processes, so another user runs it; that user need not have a name.
        let user = limit.hasPrefix("-u") && geteuid() == 0 ? "exec setpriv --reuid=65533 --clear-groups" : "exec"
        let result = try await drydock("targets", after: "ulimit \(limit); \(user)")
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("ulimit \(limit.prefix(2))"), "\(result.output)")
    }

    @Test(.enabled("this user cannot mount a file system of its own", SmallDisk.canBeMade))
    func aFullCacheIsNamed() async throws {
        let result = try await drydock("build toy", after: "exec \(SmallDisk.command(at: "$ROOT/cache", size: "16k"))")
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("No space left on device"), "\(result.output)")
        #expect(result.output.contains("\(command.folder.path)/cache/"), "\(result.output)")
    }

    /// Builds the base, and gives the target a patch.
    private func patchAfterTheBase() async throws {
        #expect(try await command.run("build", "toy").status == .exited(0))
        let line = try String(contentsOfFile: "\(command.folder.path)/toy/mm/rmap.c", encoding: .utf8)
            .prefix { !$0.isNewline }
        try command.write(
            "--- a/mm/rmap.c\n+++ b/mm/rmap.c\n@@ -1 +1,2 @@\n+/* one */\n \(line)\n",
            to: "kernel-patches/toy/one.patch")
        try command.write("one.patch\n", to: "kernel-patches/toy/series")
    }

    /// The patched kernel alone is built beside it, and does not fail for it.
    @Test(.enabled("this user cannot mount a file system of its own", SmallDisk.canBeMade))
    func aFullTemporaryFolderIsNoKernelThatDoesNotCompile() async throws {
        try await patchAfterTheBase()
        let fill = "bash -c 'head -c 1M /dev/zero >$TMPDIR/all 2>/dev/null; exec \"$0\" \"$@\"'"
        let result = try await drydock(
            "build toy",
            after: "export TMPDIR=$ROOT/small; exec \(SmallDisk.command(at: "$ROOT/small", size: "16k")) \(fill)")
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(result.output.contains("No space left on device"), "\(result.output)")
        #expect(result.output.contains("TMPDIR"), "\(result.output)")
    }

    /// Objects fit, the kernel does not.
    @Test func aLimitOfTheSizeOfFilesIsNoKernelThatDoesNotCompile() async throws {
        try await patchAfterTheBase()
        let result = try await drydock("build toy", after: "ulimit -f 8; exec")
        #expect(result.status == .exited(69), "\(result.output)")
        #expect(
            ["File too large", "File size limit exceeded"].contains(where: result.output.contains), "\(result.output)")
        #expect(result.output.contains("ulimit -f"), "\(result.output)")
    }
}
