import Foundation
import Testing

@testable import Machine

@Suite struct ProcessTableTests {
    @Test func namesMayHoldAnything() {
        let stat = ProcessTable.stat(parsing: "42 (a) b (c)) Z 1 40 39 0 -1 4228364")
        #expect(stat?.name == "a) b (c)")
        #expect(stat?.state == "Z")
        #expect(stat?.session == 39)
        #expect(ProcessTable.stat(parsing: "42 (sh") == nil)
        #expect(ProcessTable.stat(parsing: "42 (sh) R") == nil)
    }

    @Test func thisProcessIsInIt() {
        #expect(ProcessTable.all().contains(getpid()))
        #expect(ProcessTable.arguments(of: getpid()) == CommandLine.arguments)
        #expect(ProcessTable.stat(of: getpid())?.session == getsid(0))
    }

    @Test(.timeLimit(.minutes(1))) func aThreadHasAState() async throws {
        let sleeper = try Process.run(URL(filePath: "/bin/sleep"), arguments: ["60"])
        defer { kill(sleeper.processIdentifier, SIGKILL) }
        let process = sleeper.processIdentifier
        try await expect(process, in: "S")
        kill(process, SIGSTOP)
        try await expect(process, in: "T")
        kill(process, SIGCONT)
        #expect(ProcessTable.state(of: 1, in: process) == nil)
    }

    private func expect(_ process: pid_t, in state: String) async throws {
        while ProcessTable.state(of: process, in: process) != state { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func bothVersionsOfControlGroupsCanFreeze() {
        let text = "6:freezer:/a:b\n4:memory,hugetlb:/c\n1:name=systemd:/d\n0::/user.slice\n"
        let freezers = ProcessTable.freezers(parsing: text)
        #expect(
            freezers.map(\.file) == [
                "/sys/fs/cgroup/freezer/a:b/freezer.state", "/sys/fs/cgroup/user.slice/cgroup.events",
                "/sys/fs/cgroup/unified/user.slice/cgroup.events",
            ])
        #expect(ProcessTable.freezers(parsing: "0:\n\nx").isEmpty)
    }

    /// A control group to freeze this process's children in, of the version that this host lets be made here.
    private static let freezer: (folder: URL, file: String, on: String, off: String)? = {
        for (root, file, on, off) in [
            ("freezer", "freezer.state", "FROZEN", "THAWED"), (".", "cgroup.freeze", "1", "0"),
            ("unified", "cgroup.freeze", "1", "0"),
        ] {
            let folder = URL(filePath: "/sys/fs/cgroup/\(root)/drydock-test-\(getpid())")
            guard mkdir(folder.path, 0o755) == 0 else { continue }
            if access(folder.appending(path: file).path, W_OK) == 0 { return (folder, file, on, off) }
            rmdir(folder.path)
        }
        return nil
    }()

    @Test(.enabled(if: freezer != nil, "no control group can be made here, as only root can on most hosts"))
    func aFrozenProcessIsSeen() throws {
        let freezer = try #require(Self.freezer)
        func write(_ text: String, _ file: String) throws {
            try text.write(to: freezer.folder.appending(path: file), atomically: false, encoding: .utf8)
        }
        let sleeper = try Process.run(URL(filePath: "/bin/sleep"), arguments: ["60"])
        let process = sleeper.processIdentifier
        defer {
            try? write(freezer.off, freezer.file)
            kill(process, SIGKILL)
            sleeper.waitUntilExit()
            rmdir(freezer.folder.path)
        }
        try write("\(process)", "cgroup.procs")
        #expect(!ProcessTable.isFrozen(process))
        try write(freezer.on, freezer.file)
        #expect(ProcessTable.isFrozen(process))
        try write(freezer.off, freezer.file)
        #expect(!ProcessTable.isFrozen(process))
    }

    @Test(arguments: [
        (["/usr/bin/qemu-system-x86_64", "-S", "-qmp", "unix:/tmp/drydock-x/lib/qemu/qmp-1/qmp.monitor"], true),
        (["qemu-system-x86_64", "-chardev", "socket,id=monitor,path=/tmp/drydock-x/lib/qemu/domain-1/m.sock"], true),
        (["qemu-system-x86_64", "-S", "-qmp", "unix:/tmp/drydock-xy/lib/qemu/qmp-1/qmp.monitor"], false),
        (["drydock", "warden", "/tmp/drydock-x/"], false),
        (["vi", "/tmp/drydock-x/log/qemu/base.log"], false),
        ([], false),
    ])
    func theWardenKnowsItsEmulators(_ arguments: [String], _ ours: Bool) {
        for root in ["/tmp/drydock-x", "/tmp/drydock-x/"] {
            #expect(Warden.isEmulator(arguments, of: URL(filePath: root)) == ours)
        }
    }
}
