import Console
import Evidence
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
    private static let markers: [Marker] = [
        .initBegan, .disk("hda"), .probe(state: "failed: Invalid module format"),
        .begin(number: 1, of: 2, workload: "vmtruncate-fault"), .end(number: 1, ending: .exit(code: 0), detail: ""),
        .begin(number: 2, of: 2, workload: "notifier-range"),
        .end(number: 2, ending: .cannotStart, detail: "No such file or directory"), .done,
    ]

    private static func markers(_ sightings: [ConsoleWatch.Sighting]) -> [Marker] {
        sightings.compactMap { if case .marker(let marker) = $0 { marker } else { nil } }
    }

    @Test func aMarkerWhoseLineEndTheKernelPrintsBeforeCounts() {
        var watch = ConsoleWatch()
        let text = """
            drydock: init[    1.845310] hrtimer: interrupt took 104000630 ns

            drydock: begin 1/2 cut[   12.000001] random: crng init done
            drydock: end 1/2 cut exit 0[   12.1] x

            """
        #expect(
            Self.markers(watch.read(text.utf8)) == [
                .initBegan, .begin(number: 1, of: 2, workload: "cut"),
                .end(number: 1, ending: .exit(code: 0), detail: ""),
            ])
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func readsPiecesOfAnySize(_ size: Int) {
        let bytes = Array(Self.whole.utf8)
        var watch = ConsoleWatch()
        var sightings: [ConsoleWatch.Sighting] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            sightings += watch.read(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(sightings == Self.markers.map { .marker($0) })
        #expect(watch.finish() == [])
    }

    @Test(arguments: [
        ("Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009", FindingKind.panic, true),
        ("[   12.5] Kernel panic - not syncing: Fatal exception in interrupt", .panic, true),
        ("PANIC: double fault, error_code: 0x0", .panic, true),
        ("Out of memory\r\n\r\n -- System halted", .panic, true),
        ("watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [cat:42]", .softLockup, false),
        ("BUG: soft lockup detected on CPU#0!", .softLockup, false),
        ("NMI Watchdog detected LOCKUP on CPU 1", .hardLockup, false),
        ("[  31.1] Watchdog detected hard LOCKUP on cpu 0", .hardLockup, false),
        ("BUG: spinlock lockup on CPU#0, notifier/53, ffff810007f3a9c0", .spinlockLockup, false),
        ("BUG: spinlock lockup suspected on CPU#1, cat/42", .spinlockLockup, false),
        ("INFO: task kswapd0:34 blocked for more than 120 seconds.", .hungTask, false),
        ("rcu: INFO: rcu_preempt self-detected stall on CPU", .rcuStall, false),
        ("rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:", .rcuStall, false),
        ("rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... }", .rcuStall, false),
        ("INFO: RCU detected CPU 0 stall (t=4294900742/10000 jiffies)", .rcuStall, false),
        ("BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!", .workqueueLockup, false),
    ])
    func seesWhatAGuestMayNotGetOver(_ text: String, _ kind: FindingKind, _ isOver: Bool) {
        var watch = ConsoleWatch()
        #expect(watch.read(Array("\(text)\n".utf8)) == [.trouble(kind, isOver: isOver)])
    }

    @Test(arguments: [
        "Kernel command line: console=ttyS0 panic=5 softlockup_panic=0", "Kernel panic_timeout set",
        "BUG: unable to handle kernel NULL pointer dereference", "drydock: begin x/2 a", "drydock: begin 3/2 a",
        "drydock: end 1/2 a", "drydock: ", "drydock:", "",
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
        #expect(watch.read(Array("drydock: done\n".utf8)) == [.marker(.done)])
    }

    @Test func aLineWithoutEndIsCut() {
        var watch = ConsoleWatch()
        let sightings = watch.read(Array((String(repeating: "x", count: 10_000) + " Kernel panic: x\n").utf8))
        #expect(sightings == [.trouble(.panic, isOver: true)])
    }

    @Test func unfinishedLastLineIsRead() {
        var watch = ConsoleWatch()
        #expect(watch.read(Array("drydock: do".utf8)) == [])
        #expect(watch.read(Array("ne".utf8)) == [])
        #expect(watch.finish() == [.marker(.done)])
        #expect(watch.finish() == [])
    }

    @Test func aMarkerTornByTheKernelIsLostAlone() {
        var watch = ConsoleWatch()
        let text = "drydock: beg[    3.1] hda: dma_timer_expiry\nin 1/2 a\ndrydock: end 1/2 a exit 0\n"
        #expect(Self.markers(watch.read(Array(text.utf8))) == [.end(number: 1, ending: .exit(code: 0), detail: "")])
    }

    /// What the judge finds, the watch has seen too, because both use the same entries.
    @Test(arguments: ReportCatalogue.patterns.map(\.example))
    func seesWhatTheJudgeFinds(_ example: String) throws {
        let pattern = try #require(ReportCatalogue.match(ConsoleLine(number: 1, text: example[...]))?.pattern)
        var watch = ConsoleWatch()
        let expected: [ConsoleWatch.Sighting] =
            switch pattern.outlook {
            case .goesOn: []
            case .mayBeStuck: [.trouble(pattern.kind, isOver: false)]
            case .isOver: [.trouble(pattern.kind, isOver: true)]
            }
        #expect(watch.read("[    1.234567] \(example)\r\n".utf8) == expected)
    }

    @Test func aPanicAndALockupAreNeverPassedOver() {
        for pattern in ReportCatalogue.patterns {
            switch pattern.kind.weight {
            case .hang: #expect(pattern.outlook == .mayBeStuck)
            case .crash, .complaint: #expect((pattern.outlook == .isOver) == (pattern.kind == .panic))
            }
        }
    }
}
