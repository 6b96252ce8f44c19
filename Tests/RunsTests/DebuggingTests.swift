import Foundation
import Runs
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
        #expect(Debugging.takes(in: trace, notAfter: 0.000001) == 2)
        #expect(Debugging.takes(in: trace, notAfter: 0) == 0)
        #expect(Debugging.takes(in: trace, notAfter: 1e300) == 3)
        // What drydock prints of a time, microseconds cut off, names that very take.
        #expect(Debugging.takes(in: "1216755999 0 1 take 0 0\n", notAfter: 1.216755) == 1)
        #expect(Debugging.takes(in: "1001000000 0 1 take 0 0\n", notAfter: 1.001) == 1)
        #expect(Debugging.takes(in: "# begin faults\n# end faults\n") == 0)
    }

    @Test func gdbStopsBeforeTheLastTake() {
        let commands = Debugging.commands(URL(filePath: "/tmp/s"), symbols: "/t/vmlinux", takes: 235)
            .components(separatedBy: "\n")
        #expect(commands.contains(#"file "/t/vmlinux""#))
        #expect(commands.contains("target remote /tmp/s"))
        #expect(commands.suffix(5) == ["break mm_take_all_locks", "ignore $bpnum 234", "continue", "tasks", ""])
    }

    @Test func withoutATakeItWaitsBeforeTheFirstInstruction() {
        let commands = Debugging.commands(URL(filePath: "/tmp/s"), symbols: "/t/vmlinux", takes: 0)
        #expect(!commands.contains("continue"))
        #expect(commands.contains("define tasks\n"))
    }
}
