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
        (["qemu-system-x86_64", "-name", "guest=drydock-1a-base,debug-threads=on", "-S"], true),
        (["qemu-system-x86_64", "-name", "guest=drydock-1ab-base"], false),
        (["drydock", "warden", "drydock-1a-", "/tmp/drydock-x"], false),
        (["vi", "guest=drydock-1a-base"], false),
        (["qemu-system-x86_64", "-name"], false),
        ([], false),
    ])
    func theWardenKnowsItsGuests(_ arguments: [String], _ ours: Bool) {
        #expect(Warden.isGuest(arguments, prefix: "drydock-1a-") == ours)
    }
}
