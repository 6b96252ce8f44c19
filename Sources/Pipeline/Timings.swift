import Foundation

/// The costs of a run: `timings.json` of its run directory.
package struct Timings: Codable, Sendable {
    package let stages: [StageTiming]
    /// The most memory that drydock itself used at any time, without guests and tools.
    package let peakMemoryMiB: Double

    init(stages: [StageTiming]) {
        var usage = rusage()
        // ru_maxrss is in KiB on Linux.
        peakMemoryMiB = getrusage(RUSAGE_SELF.rawValue, &usage) == 0 ? Double(usage.ru_maxrss) / 1024 : 0
        self.stages = stages
    }
}
