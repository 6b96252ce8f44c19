import Foundation
import Machine
import Testing

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
