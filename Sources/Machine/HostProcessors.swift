import Foundation

/// What the host says of its own processors and file systems.
package enum HostProcessors {
    /// Below this share of time spent on work a host is quiet.
    private static let quiet = 0.5

    /// Waits until the host has been quiet for a second, or `seconds` are over.
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

    /// Ticks of all processors since the host was started: those of work, and all. Idle and waiting for a disk is no work.
    static func times(parsing text: String) -> (busy: Double, all: Double)? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
        // user nice system idle iowait irq softirq steal; what follows is in user already.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard ticks.count >= 5 else { return nil }
        let all = ticks.reduce(0, +)
        return (all - ticks[3] - ticks[4], all)
    }

    /// What a hypervisor below this host took from each of its processors since it was started, on average; in seconds.
    static var stolenSeconds: Double { ProcessTable.text("/proc/stat").map(stolenSeconds(parsing:)) ?? 0 }

    /// proc(5): the eighth number of the line `cpu` is steal, in ticks; the lines `cpu0`, `cpu1` are those of one each.
    static func stolenSeconds(parsing text: String) -> Double {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let all = lines.first(where: { $0.first == "cpu" }), all.count > 8, let ticks = Double(all[8]) else {
            return 0
        }
        let processors = lines.count { $0.first?.hasPrefix("cpu") == true } - 1
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK))) / Double(max(1, processors))
    }

    /// What this process may still write to the file system of `place`; nil if it does not say.
    package static func freeBytes(at place: URL) -> Int? {
        var facts = statvfs()
        // Some file systems, such as overlays of a network's, count nothing.
        guard statvfs(place.path, &facts) == 0, facts.f_blocks > 0 else { return nil }
        // Root may use what is kept for it.
        let blocks = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        let (bytes, isHuge) = Int(clamping: blocks).multipliedReportingOverflow(by: Int(clamping: facts.f_frsize))
        return isHuge ? nil : bytes
    }
}
