import Foundation

/// How many guests this host carries at once.
enum GuestCount {
    /// What QEMU needs beyond the guest's own memory, and what is left to the host; in MiB.
    private static let overhead = 192
    private static let reserve = 1024

    /// A guest of two processors keeps two of the host's busy under TCG, and what is built meanwhile wants some too.
    /// - Parameters:
    ///   - memory: of each guest, in MiB.
    ///   - perProcessor: how many guests each processor of the host takes; one half where they are busy.
    static func most(
        memory: Int, perProcessor: Double = 0.5, cpus: Int = ProcessInfo.processInfo.activeProcessorCount,
        available: Int? = availableMemory
    ) -> Int {
        let byMemory = available.map { ($0 - reserve) / (memory + overhead) } ?? 1
        return max(1, min(Int((Double(cpus) * perProcessor).rounded(.up)), byMemory))
    }

    /// `MemAvailable`, in MiB; nil where the system does not say.
    private static var availableMemory: Int? {
        let text = try? String(contentsOf: URL(filePath: "/proc/meminfo"), encoding: .utf8)
        return text?.firstMatch(of: /MemAvailable:\s+(\d+) kB/).flatMap { Int($0.1) }.map { $0 / 1024 }
    }
}
