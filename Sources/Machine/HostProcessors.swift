import Foundation

/// What the host says of its own processors and file systems.
enum HostProcessors {
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

    /// What this process may still write to the file system of `place`; nil where it does not say.
    static func freeBytes(at place: URL) -> Int? {
        var facts = statvfs()
        guard statvfs(place.path, &facts) == 0 else { return nil }
        // Root may use what is kept for it.
        let blocks = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        return Int(clamping: blocks) * Int(clamping: facts.f_frsize)
    }
}
