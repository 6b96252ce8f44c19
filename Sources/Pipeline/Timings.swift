import Foundation

/// What a run cost: `timings.json` of its run directory.
package struct Timings: Codable, Sendable {
    package let stages: [StageTiming]
    /// The most memory drydock itself held at any time, guests and tools not counted.
    package let peakMemoryMiB: Double

    init(stages: [StageTiming]) {
        var usage = rusage()
        // ru_maxrss is in KiB on Linux.
        peakMemoryMiB = getrusage(RUSAGE_SELF.rawValue, &usage) == 0 ? Double(usage.ru_maxrss) / 1024 : 0
        self.stages = stages
    }
}
