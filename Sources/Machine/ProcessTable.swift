import Foundation

/// The few questions to `/proc`.
package enum ProcessTable {
    package struct Stat: Equatable {
        package let name: String
        /// `Z` for a process that has ended and has not been waited for.
        package let state: String
        package let session: pid_t
    }

    package static func stat(of process: pid_t) -> Stat? { text("/proc/\(process)/stat").flatMap(stat(parsing:)) }

    /// `R` running, `S` sleeping, `D` waiting for a disk, `T` stopped, ...: proc(5); nil if the thread has ended.
    package static func state(of thread: pid_t, in process: pid_t) -> String? {
        text("/proc/\(process)/task/\(thread)/stat").flatMap(stat(parsing:))?.state
    }

    /// proc(5): `pid (name) state ppid pgrp session ...`; the name may contain anything, brackets too.
    package static func stat(parsing text: String) -> Stat? {
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[close...].dropFirst().split(separator: " ")
        guard fields.count > 3, let session = pid_t(fields[3]) else { return nil }
        return Stat(name: String(text[text.index(after: open)..<close]), state: String(fields[0]), session: session)
    }

    package static func arguments(of process: pid_t) -> [String] {
        text("/proc/\(process)/cmdline")?.split(separator: "\0").map(String.init) ?? []
    }

    /// How long a thread ran, and how long it was ready but waited for a CPU, in seconds; nil if it has ended.
    package static func schedule(of thread: pid_t, in process: pid_t) -> (ran: Double, waited: Double)? {
        guard let text = text("/proc/\(process)/task/\(thread)/schedstat") else { return nil }
        // Documentation/scheduler/sched-stats.rst: nanoseconds on a CPU, nanoseconds waiting, turns.
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        return numbers.count >= 2 ? (numbers[0] / 1e9, numbers[1] / 1e9) : nil
    }

    /// Whether a control group of `process` is frozen; one that is not mounted in the usual place is not seen.
    package static func isFrozen(_ process: pid_t) -> Bool {
        freezers(parsing: text("/proc/\(process)/cgroup") ?? "").contains { freezer in
            text(freezer.file)?.split(separator: "\n").contains { freezer.words.contains(String($0)) } == true
        }
    }

    /// cgroups(7): a line for each hierarchy, `number:controllers:path`; that of version 2 has number 0 and no
    /// controllers.
    static func freezers(parsing text: String) -> [(file: String, words: [String])] {
        text.split(separator: "\n").flatMap { line -> [(file: String, words: [String])] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 3 else { return [] }
            let root = "/sys/fs/cgroup"
            if fields[1].split(separator: ",").contains("freezer") {
                return [("\(root)/freezer\(fields[2])/freezer.state", ["FROZEN", "FREEZING"])]
            }
            guard fields[0] == "0" else { return [] }
            // Alone, or beside those of version 1.
            return [root, "\(root)/unified"].map { ("\($0)\(fields[2])/cgroup.events", ["frozen 1"]) }
        }
    }

    package static func all() -> [pid_t] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    }

    /// The QEMU of a domain on this host; nil if it runs elsewhere or has ended.
    package static func emulator(of domain: String) -> pid_t? {
        all().first { process in arguments(of: process).contains { $0.hasPrefix("guest=\(domain),") } }
    }

    /// The identifiers and names of the threads of `process`; none if it has ended.
    package static func threads(of process: pid_t) -> [(identifier: pid_t, name: String)] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
        return tasks.compactMap { pid_t($0) }.compactMap { task in
            text("/proc/\(process)/task/\(task)/comm").map { (task, $0.trimmingCharacters(in: .newlines)) }
        }
    }

    /// Read in one go, because files of `/proc` have no size.
    package static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
