import Files
import Foundation

/// How long the host let the processors of a guest wait, window by window: `scheduling.json`.
package struct SchedulingRecord: Codable, Sendable, Equatable {
    /// Some time of a guest's life. All times are seconds of the host's clock, those in which it slept included.
    package struct Window: Codable, Sendable, Equatable {
        /// When it ended, since the domain was started.
        package let end: Double
        package let seconds: Double
        /// Whole lines of the console by then.
        package let lines: Int
        /// How long each of QEMU's processor threads ran, and how long it could have run and was not let (schedstat's
        /// run delay, which the kernel adds when the wait is over).
        package let ran: [Double]
        package let waited: [Double]
        /// How long QEMU was stopped or libvirt kept the guest paused.
        package let paused: Double
        /// How long the host itself slept.
        package let asleep: Double
        /// What a hypervisor below the host took from each of its processors, on average (`steal` of /proc/stat).
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

        /// What the guest did not get of this window: what the processor waited that waited longest, and what nobody got.
        package var withheldSeconds: Double { (waited.max() ?? 0) + paused + asleep + stolen }
    }

    /// In the order of time, without gaps.
    package let windows: [Window]

    package init(windows: [Window]) { self.windows = windows }

    package func write(to file: URL) throws(FileError) { try JSON.write(self, to: file) }
}
