import Foundation
import Pipeline
import Testing

@Suite struct DebuggingTests {
    @Test func takesAreHoldsAndRegistrations() {
        let trace = """
            # begin lock-order
            1000 0 1 take 0 0
            1010 0 1 held 0 0
            1020 0 1 drop 0 0
            1030 0 1 dropped 0 0
            1040 0 1 register 0 0
            1050 0 1 registered 0 0
            2000 0 1 take 5 5
            20
            """
        #expect(Debugging.takes(in: trace) == 3)
        #expect(Debugging.takes(in: "# begin faults\n# end faults\n") == 0)
    }

    @Test func gdbStopsBeforeTheLastTake() {
        let words = Debugging.commands(URL(filePath: "/tmp/s"), symbols: "/t/vmlinux", takes: 235)
        let commands = words.filter { $0 != "--eval-command" }
        #expect(commands.contains("file /t/vmlinux"))
        #expect(commands.contains("target remote /tmp/s"))
        #expect(commands.contains("break mm_take_all_locks"))
        #expect(commands.contains("ignore 1 234"))
        #expect(commands.firstIndex(of: "ignore 1 234")! < commands.firstIndex(of: "continue")!)
    }

    @Test func withoutATakeItWaitsBeforeTheFirstInstruction() {
        let words = Debugging.commands(URL(filePath: "/tmp/s"), symbols: "/t/vmlinux", takes: 0)
        #expect(!words.contains("continue"))
        #expect(words.last == "target remote /tmp/s")
    }
}
