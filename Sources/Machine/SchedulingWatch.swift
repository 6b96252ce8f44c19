import Evidence
import Foundation

/// Watches from outside if the host lets a guest run: its CPUs, its QEMU, and the file system of its files.
struct SchedulingWatch {
    private static let windowSeconds = 1.0
    /// The watcher is never away for longer unless it was stopped itself, for example with its frozen container.
    private static let longestAbsence = 2.0
    /// Less than this counts as full, because a guest may write more at once.
    private static let leastFreeBytes = 64 << 10

    private let domain: String
    /// The directory of the guest's files.
    let place: URL
    private var process: pid_t?
    private var threads: [pid_t] = []
    private var last: Reading
    private var lastTaken = 0.0
    private var absent = 0.0
    private(set) var windows: [SchedulingRecord.Window] = []
    /// What the host kept from the guest so far, in seconds; it does not count as the guest's time.
    private(set) var withheldSeconds = 0.0
    private(set) var sawFullFileSystem = false

    /// Counters at one moment.
    private struct Reading {
        /// Seconds since the domain was started, including those in which the host slept.
        var elapsed = 0.0
        /// In seconds; does not advance while the host sleeps.
        var awake = Self.awakeSeconds
        var ran: [Double] = []
        var waited: [Double] = []
        var stolen = HostProcessors.stolenSeconds

        static var awakeSeconds: Double {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
    }

    init(domain: String, place: URL) {
        self.domain = domain
        self.place = place
        last = Reading()
    }

    /// Whether QEMU does not run now because somebody stopped it (SIGSTOP, a debugger) or froze it, or because a guest
    /// CPU waits for the host's disk, for example for swapped memory.
    var isStopped: Bool {
        guard let process, let state = ProcessTable.stat(of: process)?.state else { return false }
        return state == "T" || state == "t" || ProcessTable.isFrozen(process)
            || threads.contains { ProcessTable.state(of: $0, in: process) == "D" }
    }

    /// Ends a window if it is time.
    /// - Parameters:
    ///   - elapsed: seconds since the domain was started.
    ///   - lines: whole lines on the console.
    ///   - isPaused: QEMU or libvirt keeps the guest from running now.
    mutating func take(at elapsed: Double, lines: Int, isPaused: Bool) {
        if elapsed - lastTaken > Self.longestAbsence { absent += elapsed - lastTaken }
        lastTaken = elapsed
        guard elapsed - last.elapsed >= Self.windowSeconds else { return }
        finish(at: elapsed, lines: lines, isPaused: isPaused)
    }

    /// Ends the last window.
    mutating func finish(at elapsed: Double, lines: Int, isPaused: Bool = false) {
        findThreads()
        var now = Reading(elapsed: elapsed)
        for thread in threads {
            // A thread that has ended has no more numbers.
            let (ran, waited) = ProcessTable.schedule(of: thread, in: process ?? 0) ?? (0, 0)
            now.ran.append(ran)
            now.waited.append(waited)
        }
        func grown(_ new: [Double], _ old: [Double]) -> [Double] {
            zip(new, old + Array(repeating: 0, count: max(0, new.count - old.count))).map { max(0, $0 - $1) }
        }
        let seconds = now.elapsed - last.elapsed
        let asleep = max(0, seconds - (now.awake - last.awake))
        let (ran, waited) = (grown(now.ran, last.ran), grown(now.waited, last.waited))
        let paused = Self.pausedSeconds(absent: absent, asleep: asleep, ran: ran, waited: waited)
        absent = 0
        let window = SchedulingRecord.Window(
            end: elapsed, seconds: seconds, lines: lines, ran: ran, waited: waited, paused: isPaused ? seconds : paused,
            // Two clocks are never read at the same moment.
            asleep: asleep < 0.1 ? 0 : asleep, stolen: max(0, now.stolen - last.stolen))
        windows.append(window)
        withheldSeconds = min(elapsed, withheldSeconds + window.withheldSeconds)
        if (HostProcessors.freeBytes(at: place) ?? .max) < Self.leastFreeBytes { sawFullFileSystem = true }
        last = now
    }

    /// How long the guest was stopped while nobody watched: the time in which the host did not sleep and no CPU ran or
    /// waited.
    static func pausedSeconds(absent: Double, asleep: Double, ran: [Double], waited: [Double]) -> Double {
        max(0, absent - asleep - (zip(ran, waited).map(+).max() ?? 0))
    }

    private mutating func findThreads() {
        if process == nil { process = ProcessTable.emulator(of: domain) }
        guard threads.isEmpty, let process else { return }
        threads = GuestThreads.processors(of: process)
    }
}
