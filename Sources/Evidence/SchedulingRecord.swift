import Files
import Foundation

/// How long the host let the CPUs of a guest wait, window by window: `scheduling.json`.
package struct SchedulingRecord: Codable, Sendable, Equatable {
    /// A part of a guest's life; all times are seconds of the host's clock, including those in which the host slept.
    package struct Window: Codable, Sendable, Equatable {
        /// Its end, counted from the start of the domain.
        package let end: Double
        package let seconds: Double
        /// The number of whole lines on the console at its end.
        package let lines: Int
        /// How long each of QEMU's CPU threads ran, and how long it was ready but had to wait (schedstat's run delay,
        /// which the kernel adds when the wait is over).
        package let ran: [Double]
        package let waited: [Double]
        /// How long QEMU was stopped or libvirt kept the guest paused.
        package let paused: Double
        /// How long the host itself slept.
        package let asleep: Double
        /// What a hypervisor below the host took from each of the host's CPUs, on average (`steal` of /proc/stat).
        package let stolen: Double

        package init(
            end: Double, seconds: Double, lines: Int, ran: [Double] = [], waited: [Double] = [], paused: Double = 0,
            asleep: Double = 0, stolen: Double = 0
        ) {
            self.end = end
            self.seconds = seconds
            self.lines = lines
            self.ran = ran
            self.waited = waited
            self.paused = paused
            self.asleep = asleep
            self.stolen = stolen
        }

        /// A key with a number that is negative or none.
        fileprivate var impossibleKey: String? {
            let times = [
                ("end", [end]), ("seconds", [seconds]), ("lines", [Double(lines)]), ("ran", ran), ("waited", waited),
                ("paused", [paused]), ("asleep", [asleep]), ("stolen", [stolen]),
            ]
            return times.first { !$0.1.allSatisfy { $0 >= 0 && $0.isFinite } }?.0
        }

        /// What the guest did not get of this window: the wait of the CPU that waited longest, plus what no CPU got.
        package var withheldSeconds: Double { (waited.max() ?? 0) + paused + asleep + stolen }
    }

    /// In order of time, without gaps.
    package let windows: [Window]

    package init(windows: [Window]) { self.windows = windows }

    /// What no clock shows, in words that follow "says that"; nil if there is no such thing.
    /// - Parameter boot: how long the guest was there, in seconds.
    func fault(of boot: Double) -> String? {
        var end = 0.0
        var lines = 0
        var sums = Sums()
        for (index, window) in windows.enumerated() {
            let name = "windows[\(index)]"
            if let key = window.impossibleKey { return "`\(key)` of \(name) is less than nothing" }
            guard window.end >= end, window.seconds <= window.end - end + Self.slack else {
                return "\(name) begins before the one before it ended"
            }
            guard window.lines >= lines else { return "the console of \(name) has fewer lines than before" }
            guard window.end <= Self.most(boot) else { return "\(name) ends after the guest" }
            (end, lines) = (window.end, window.lines)
            sums.add(window)
            if let key = sums.keyAbove(Self.most(end)) {
                return "`\(key)` up to \(name) is longer than the guest was there"
            }
        }
        return nil
    }

    /// Clocks are not read at the same moment, and the kernel counts in ticks.
    private static let slack = 2.0

    private static func most(_ seconds: Double) -> Double { seconds * 1.1 + slack }

    /// The times of all windows so far.
    private struct Sums {
        private var ran: [Double] = []
        private var waited: [Double] = []
        private var others = [("paused", 0.0), ("asleep", 0.0), ("stolen", 0.0)]

        mutating func add(_ window: Window) {
            Self.add(window.ran, to: &ran)
            Self.add(window.waited, to: &waited)
            for (index, time) in [window.paused, window.asleep, window.stolen].enumerated() { others[index].1 += time }
        }

        func keyAbove(_ most: Double) -> String? {
            ([("ran", ran.max() ?? 0), ("waited", waited.max() ?? 0)] + others).first { $0.1 > most }?.0
        }

        private static func add(_ times: [Double], to sums: inout [Double]) {
            sums += [Double](repeating: 0, count: max(0, times.count - sums.count))
            for (index, time) in times.enumerated() { sums[index] += time }
        }
    }

    package func write(to file: URL) throws(FileError) { try JSON.write(self, to: file) }
}
