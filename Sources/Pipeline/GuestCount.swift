import Foundation

/// How many guests this host can run at once.
enum GuestCount {
    /// What QEMU needs beyond the guest's own memory, and what is left for the host; in MiB.
    private static let overhead = 192
    private static let reserve = 1024

    /// The number of guests; under TCG a guest with two CPUs keeps two of the host's busy, and builds that run
    /// meanwhile need some too.
    /// - Parameters:
    ///   - memory: of each guest, in MiB.
    ///   - perProcessor: how many guests each host CPU takes; one half if the guests are busy.
    static func most(
        memory: Int, perProcessor: Double = 0.5, cpus: Int = ProcessInfo.processInfo.activeProcessorCount,
        available: Int? = availableMemory
    ) -> Int {
        let byMemory = available.map { ($0 - reserve) / (memory + overhead) } ?? 1
        return max(1, min(Int((Double(cpus) * perProcessor).rounded(.up)), byMemory))
    }

    /// `MemAvailable`, in MiB; nil if the system does not say.
    private static var availableMemory: Int? {
        let text = try? String(contentsOf: URL(filePath: "/proc/meminfo"), encoding: .utf8)
        return text?.firstMatch(of: /MemAvailable:\s+(\d+) kB/).flatMap { Int($0.1) }.map { $0 / 1024 }
    }
}
