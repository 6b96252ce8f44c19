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

        /// What the guest did not get of this window: the wait of the CPU that waited longest, plus what no CPU got.
        package var withheldSeconds: Double { (waited.max() ?? 0) + paused + asleep + stolen }
    }

    /// In order of time, without gaps.
    package let windows: [Window]

    package init(windows: [Window]) { self.windows = windows }

    package func write(to file: URL) throws(FileError) { try JSON.write(self, to: file) }
}
