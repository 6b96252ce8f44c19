import Console
import Evidence

/// How much of a guest's time the host kept from it, as far as it was watched.
struct HostShare: Sendable {
    /// If more than this share of a time was kept from a guest, what the guest missed in that time says nothing about
    /// the kernel; the rest is enough for a correct kernel to satisfy its watchdogs.
    static let mostWithheld = 0.25

    /// Each wait in the windows in which it happened, not in the one in which it ended.
    private let windows: [SchedulingRecord.Window]

    /// The host can keep nothing from a guest whose clock counts its instructions.
    init(_ evidence: BootEvidence) {
        let countsInstructions = evidence.plan.nanosecondsPerInstruction != nil
        self.init(countsInstructions ? nil : evidence.scheduling)
    }

    init(_ record: SchedulingRecord?) { windows = Self.spread(record?.windows ?? []) }

    /// What was withheld in the `seconds` before the console had its line `line`; nil if it was little.
    func withheld(before line: Int, for seconds: Double) -> Withheld? {
        time(of: line).flatMap { withheld(from: $0 - seconds, to: $0) }
    }

    /// The same from one line of the console to another, or to the end of the boot.
    func withheld(fromLine first: Int, toLine last: Int?) -> Withheld? {
        guard let end = last.flatMap(time) ?? windows.last?.end, let start = time(of: first) else { return nil }
        // A line may be as old as the window in which it was read.
        return withheld(from: start - (windows.first { $0.end == start }?.seconds ?? 0), to: end)
    }

    /// The same of the last seconds of the boot.
    func withheld(inLast seconds: Double) -> Withheld? {
        windows.last.flatMap { withheld(from: $0.end - seconds, to: $0.end) }
    }

    private func time(of line: Int) -> Double? { windows.first { $0.lines >= line }?.end ?? windows.last?.end }

    private func withheld(from start: Double, to end: Double) -> Withheld? {
        var seconds = 0.0
        var waited: [Double] = []
        var lost: [Withheld.Cause: Double] = [:]
        for window in windows where window.seconds > 0 {
            let inside = min(end, window.end) - max(start, window.end - window.seconds)
            guard inside > 0 else { continue }
            let part = inside / window.seconds
            seconds += inside
            waited += Array(repeating: 0, count: max(0, window.waited.count - waited.count))
            for (index, wait) in window.waited.enumerated() { waited[index] += wait * part }
            // Two CPUs that wait by turns also make each other wait.
            lost[.waited, default: 0] += (window.waited.max() ?? 0) * part
            lost[.paused, default: 0] += window.paused * part
            lost[.asleep, default: 0] += window.asleep * part
            lost[.stolen, default: 0] += window.stolen * part
        }
        guard seconds > 0, let cause = lost.max(by: { $0.value < $1.value })?.key else { return nil }
        let share = min(1, lost.values.reduce(0, +) / seconds)
        guard share >= Self.mostWithheld else { return nil }
        let longest = waited.indices.max { waited[$0] < waited[$1] }
        return Withheld(cause: cause, processor: cause == .waited ? longest : nil, share: share, seconds: seconds)
    }

    /// Spreads each wait backwards: the kernel adds a wait when it is over, so what does not fit into that window
    /// belongs to the ones before.
    private static func spread(_ windows: [SchedulingRecord.Window]) -> [SchedulingRecord.Window] {
        var left: [Double] = []
        var spread: [SchedulingRecord.Window] = []
        for window in windows.reversed() {
            let room = max(0, window.seconds - window.asleep)
            let count = max(left.count, window.waited.count)
            var waited = [Double](repeating: 0, count: count)
            left += [Double](repeating: 0, count: count - left.count)
            for index in 0..<count {
                let sum = left[index] + (index < window.waited.count ? window.waited[index] : 0)
                waited[index] = min(sum, room)
                left[index] = sum - waited[index]
            }
            spread.append(
                .init(
                    end: window.end, seconds: window.seconds, lines: window.lines, ran: window.ran, waited: waited,
                    paused: window.paused, asleep: window.asleep, stolen: window.stolen))
        }
        return spread.reversed()
    }
}

// What the kernel says was not done in time.
extension FindingHeadline {
    /// What the host kept from the guest in the time that this report is about; nil if the kernel is to blame.
    /// - Parameter last: the report before, which may have led to this panic.
    func withheld(by share: HostShare, after last: ConsoleFinding?) -> Withheld? {
        switch kind.weight {
        case .hang: share.withheld(before: line, for: secondsLookedAt)
        case .crash:
            if isPanicOverLockup {
                last?.withheld
            } else {
                isPanicOverTimer ? share.withheld(before: line, for: 30) : nil
            }
        case .complaint: nil
        }
    }

    /// `softlockup_panic` and the like.
    private var isPanicOverLockup: Bool {
        kind == .panic
            && ["softlockup: hung tasks", "hung_task: blocked tasks", "RCU Stall", "Hard LOCKUP", "hard lockup"]
                .contains(where: text.holds)
    }

    /// Whether a kernel counts no timer ticks while it waits for some.
    private var isPanicOverTimer: Bool { kind == .panic && text.holds("timer doesn't work") }

    /// The kernel's own number (`stuck for 23s!`, `blocked for more than 120 seconds`); if there is none, the usual
    /// time until that kind is reported.
    private var secondsLookedAt: Double {
        var rest = text
        while let next = rest.after(" for ") {
            let (number, unit) = (next.begins(with: "more than ") ? next.dropFirst("more than ".count) : next[...])
                .leadingNumber
            if let number, unit.drop(while: { $0 == " " }).begins(with: "s") { return Double(number) }
            rest = next
        }
        return kind == .softLockup || kind == .hardLockup ? 12 : 30
    }
}

/// Time that the host kept from a guest, so that the kernel is not to blame for what the guest missed.
package struct Withheld: Codable, Sendable, Equatable {
    package enum Cause: String, Codable, Sendable {
        /// A CPU of the guest was ready to run, but the host ran something else.
        case waited
        /// QEMU was stopped or frozen, libvirt kept the guest paused, or the guest waited for the host's disk.
        case paused
        /// The host itself slept.
        case asleep
        /// The host is a guest too, and the hypervisor below it took its CPUs.
        case stolen
    }

    /// The cause of most of it.
    package let cause: Cause
    /// The guest's CPU that waited longest; nil for another cause.
    package let processor: Int?
    /// The share that was kept of those seconds, 0 to 1.
    package let share: Double
    /// The length of the time in question, in the host's seconds.
    package let seconds: Double

    /// For a sentence: `CPU 1 waited 71 % of those 12 s for a processor of the host`.
    package var words: String {
        let part = "\(Int((share * 100).rounded())) % of those \(Int(seconds.rounded())) s"
        return switch cause {
        case .waited: "CPU \(processor ?? 0) waited \(part) for a processor of the host"
        case .paused: "its QEMU was stopped or frozen, or waited for the host's disk, for \(part)"
        case .asleep: "the host slept for \(part)"
        case .stolen: "the host's own hypervisor took its processors for \(part)"
        }
    }
}
