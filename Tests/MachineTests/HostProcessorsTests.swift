import Foundation
import Testing

@testable import Machine

@Suite struct HostProcessorsTests {
    @Test func stolenTimeIsOfEachProcessorOnAverage() {
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        let text =
            "cpu  10 0 10 900 1 0 2 600 0 0\ncpu0 5 0 5 450 0 0 1 300 0 0\ncpu1 5 0 5 450 1 0 1 300 0 0\nintr 7\n"
        #expect(HostProcessors.stolenSeconds(parsing: text) == 300 / tick)
        #expect(HostProcessors.stolenSeconds(parsing: "nothing") == 0)
    }

    @Test func idleTimeAndThatOfADiskIsNoWork() throws {
        let times = try #require(
            HostProcessors.times(parsing: "cpu  10 1 5 900 50 2 3 4 7 8\ncpu0 1 1 1 1 1 1 1 1 1 1\n"))
        #expect(times.busy == 25)
        #expect(times.all == 975)
        #expect(HostProcessors.times(parsing: "cpu0 1 2 3 4 5\n") == nil)
    }

    @Test(arguments: [
        ("CPU 0/TCG", true), ("CPU 12/KVM", true), ("ALL CPUs/TCG", true), ("IO iothread1", false),
        ("qemu-system-x86", false),
    ])
    func theThreadsOfProcessorsAreKnownByTheirNames(_ name: String, _ isOne: Bool) {
        #expect(GuestThreads.isProcessor(name) == isOne)
    }

    @Test func theScheduleOfAThreadIsRead() throws {
        let thread = try #require(ProcessTable.threads(of: getpid()).first).identifier
        let schedule = try #require(ProcessTable.schedule(of: thread, in: getpid()))
        #expect(schedule.ran > 0)
        #expect(ProcessTable.schedule(of: 0, in: getpid()) == nil)
    }

    /// A container that is frozen stops drydock and QEMU alike: what shows is that nobody looked, and nothing ran.
    @Test func whatPassedWhileNobodyWatchedIsNoneOfTheGuests() {
        let paused = SchedulingWatch.pausedSeconds
        #expect(paused(70, 0, [0.3, 0], [0.01, 0]) == 70 - 0.31)
        #expect(paused(70, 60, [0, 0], [0, 0]) == 10)
        #expect(paused(70, 0, [69, 3], [1, 2]) == 0)
        #expect(paused(0, 0, [0.5], [0.5]) == 0)
        #expect(paused(5, 0, [], []) == 5)
    }
}
