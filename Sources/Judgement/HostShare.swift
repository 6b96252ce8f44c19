import Evidence

/// How much of a guest's time the host kept from it, as far as it was watched.
struct HostShare: Sendable {
    /// If more than this share of a time was kept from a guest, what the guest missed in that time says nothing about
    /// the kernel; the rest is enough for a correct kernel to satisfy its watchdogs.
    static let mostWithheld = 0.25

    /// Each wait in the windows in which it happened, not in the one in which it ended.
    private let windows: [SchedulingRecord.Window]

    /// The host can keep nothing from a guest whose clock counts its instructions.
    init(_ evidence: RunEvidence) {
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
