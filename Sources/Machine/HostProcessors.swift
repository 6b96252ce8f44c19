import Foundation

/// What the host says about its own CPUs and file systems.
package enum HostProcessors {
    /// The host is quiet if it works for less than this share of the time.
    private static let quiet = 0.5

    /// Waits until the host has been quiet for a second, or `seconds` have passed.
    package static func waitUntilQuiet(atMost seconds: Int) async throws {
        var last = ProcessTable.text("/proc/stat").flatMap(times(parsing:))
        for _ in 0..<seconds {
            try await Task.sleep(for: .seconds(1))
            let now = ProcessTable.text("/proc/stat").flatMap(times(parsing:))
            guard let before = last, let now else { return }
            if now.busy - before.busy < quiet * (now.all - before.all) { return }
            last = now
        }
    }

    /// Ticks of all CPUs since the host's start: those with work, and all; idle and waiting for a disk are not work.
    static func times(parsing text: String) -> (busy: Double, all: Double)? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        // user nice system idle iowait irq softirq steal; what follows is counted in user already.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard ticks.count >= 5 else { return nil }
        let all = ticks.reduce(0, +)
        return (all - ticks[3] - ticks[4], all)
    }

    /// The time, in seconds and on average per CPU, that a hypervisor below this host took since the host's start.
    static var stolenSeconds: Double { ProcessTable.text("/proc/stat").map(stolenSeconds(parsing:)) ?? 0 }

    /// proc(5): the eighth number of the line `cpu` is steal, in ticks; the lines `cpu0`, `cpu1` are for one CPU each.
    static func stolenSeconds(parsing text: String) -> Double {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let all = lines.first(where: { $0.first == "cpu" }), all.count > 8, let ticks = Double(all[8]) else {
            return 0
        }
        let processors = lines.count { $0.first?.hasPrefix("cpu") == true } - 1
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK))) / Double(max(1, processors))
    }

    /// What this process may still write to the file system of `place`; nil if the file system does not say.
    package static func freeBytes(at place: URL) -> Int? {
        var facts = statvfs()
        // Some file systems, such as network overlays, report no sizes.
        guard statvfs(place.path, &facts) == 0, facts.f_blocks > 0 else { return nil }
        // Root may use the reserved blocks.
        let blocks = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        let (bytes, isHuge) = Int(clamping: blocks).multipliedReportingOverflow(by: Int(clamping: facts.f_frsize))
        return isHuge ? nil : bytes
    }
}
