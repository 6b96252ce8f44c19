import Machine
import Testing

@Suite struct ConsoleWatchTests {
    private static let whole = """
        Linux version 6.1.0 (root@host) #1 SMP\r
        [    0.000000] Command line: console=ttyS0 panic=5 drydock.disk=sda\r
        [    1.283537] Freeing unused kernel image memory: 556K\r
        drydock: init\r
        drydock: disk hda\r
        drydock: probe failed: Invalid module format\r
        drydock: begin 1/2 vmtruncate-fault\r
        [    2.000000] random: crng init donedrydock: end 1/2 vmtruncate-fault exit 0\r
        drydock: begin 2/2 notifier-range\r
        drydock: end 2/2 notifier-range cannot-start No such file or directory\r
        drydock: done\r

        """
    private static let events: [ConsoleEvent] = [
        .initStarted, .disk("hda"), .probe(.failed("Invalid module format")),
        .began(index: 1, count: 2, workload: "vmtruncate-fault"),
        .ended(index: 1, count: 2, workload: "vmtruncate-fault", outcome: "exit 0"),
        .began(index: 2, count: 2, workload: "notifier-range"),
        .ended(index: 2, count: 2, workload: "notifier-range", outcome: "cannot-start No such file or directory"),
        .done,
    ]

    @Test func aMarkerWhoseLineEndTheKernelPrintsBeforeCounts() {
        var watch = ConsoleWatch()
        let text = """
            drydock: init[    1.845310] hrtimer: interrupt took 104000630 ns

            drydock: begin 1/2 cut[   12.000001] random: crng init done
            drydock: end 1/2 cut exit 0[   12.1] x

            """
        #expect(
            watch.read(text.utf8) == [
                .initStarted, .began(index: 1, count: 2, workload: "cut"),
                .ended(index: 1, count: 2, workload: "cut", outcome: "exit 0"),
            ])
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func readsPiecesOfAnySize(_ size: Int) {
        let bytes = Array(Self.whole.utf8)
        var watch = ConsoleWatch()
        var events: [ConsoleEvent] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            events += watch.read(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(events == Self.events)
        #expect(watch.finish() == [])
    }

    @Test(arguments: [
        ("Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009", FatalSign.panic),
        ("[   12.5] Kernel panic - not syncing: Fatal exception in interrupt", .panic),
        ("Out of memory\r\n\r\n -- System halted", .halted),
        ("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [cat:42]", .softLockup),
        ("BUG: soft lockup detected on CPU#0!", .softLockup),
        ("NMI Watchdog detected LOCKUP on CPU 1", .hardLockup),
        ("[  31.1] Watchdog detected hard LOCKUP on cpu 0", .hardLockup),
        ("BUG: spinlock lockup on CPU#0, notifier/53, ffff810007f3a9c0", .spinlockLockup),
        ("BUG: spinlock lockup suspected on CPU#1, cat/42", .spinlockLockup),
        ("INFO: task kswapd0:34 blocked for more than 120 seconds.", .hungTask),
        ("rcu: INFO: rcu_preempt self-detected stall on CPU", .rcuStall),
        ("rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", .rcuStall),
    ])
    func seesFatalSigns(_ text: String, _ sign: FatalSign) throws {
        var watch = ConsoleWatch()
        let events = watch.read(Array("\(text)\n".utf8))
        guard case .fatal(let seen, let line) = try #require(events.last) else {
            Issue.record("\(events)")
            return
        }
        #expect(seen == sign)
        #expect(text.hasSuffix(line))
    }

    @Test(arguments: [
        "Kernel command line: console=ttyS0 panic=5 softlockup_panic=0", "Kernel panic_timeout set",
        "BUG: unable to handle kernel NULL pointer dereference", "drydock: begin x/2 a", "drydock: begin 3/2 a",
        "drydock: initial", "drydock: end 1/2 a", "drydock: ", "drydock:", "",
    ])
    func passesOverTheRest(_ line: String) {
        var watch = ConsoleWatch()
        #expect(watch.read(Array("\(line)\n".utf8)) == [])
    }

    @Test func binaryGarbageHidesNothing() {
        var watch = ConsoleWatch()
        let garbage = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 73) }.filter { $0 != 10 && $0 != 13 }
        #expect(watch.read(garbage) == [])
        #expect(watch.read([0xff, 0xfe, 10, 0, 0]) == [])
        #expect(watch.read(Array("drydock: done\n".utf8)) == [.done])
    }

    @Test func aLineWithoutEndIsCut() throws {
        var watch = ConsoleWatch()
        let events = watch.read(Array((String(repeating: "x", count: 10_000) + " Kernel panic: x\n").utf8))
        guard case .fatal(.panic, let line) = try #require(events.last) else {
            Issue.record("\(events)")
            return
        }
        #expect(line.count <= 4096)
    }

    @Test func unfinishedLastLineIsRead() {
        var watch = ConsoleWatch()
        #expect(watch.read(Array("drydock: do".utf8)) == [])
        #expect(watch.read(Array("ne".utf8)) == [])
        #expect(watch.finish() == [.done])
        #expect(watch.finish() == [])
    }

    @Test func aMarkerTornByTheKernelIsLostAlone() {
        var watch = ConsoleWatch()
        let text = "drydock: beg[    3.1] hda: dma_timer_expiry\nin 1/2 a\ndrydock: end 1/2 a exit 0\n"
        #expect(watch.read(Array(text.utf8)) == [.ended(index: 1, count: 2, workload: "a", outcome: "exit 0")])
    }
}
