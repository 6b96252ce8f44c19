import Console
import Evidence
import Foundation

/// What init wrote about the end of one workload: the file `NN-<name>.status`.
package struct WorkloadStatus: Sendable, Equatable {
    package let ended: WorkloadEnding
    package let milliseconds: Int?
    /// The time limit in seconds, after init stretched it by the guest's pace; nil if init does not say.
    package let limitSeconds: Int?
    /// Whether a process of it survived SIGKILL.
    package let isUnkillable: Bool
    /// What the kernel held before and after it; nil if init did not count.
    package let leavings: Leavings?

    /// Nil for an empty file, which counts as missing.
    package init?(_ bytes: Data) {
        guard let file = KeyValueFile(bytes) else { return nil }
        ended = Self.ended(file)
        limitSeconds = file.values["limit"].flatMap { Int($0) }
        isUnkillable = file.values["left"] == "unkillable"
        leavings = Leavings(file)
        milliseconds = file.values["milliseconds"].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    }

    /// The limit under which it ran, in seconds.
    func limit(_ planned: PlannedWorkload) -> Int { limitSeconds ?? planned.timeoutSeconds }

    private static func ended(_ file: KeyValueFile) -> WorkloadEnding {
        if let key = file.contradiction { return .unclear(problem: "its status file gives `\(key)` twice") }
        let code = file.values["code"].flatMap { Int($0) }
        switch (file.values["ended"], code) {
        case ("exit", let code?): return .exit(code: code)
        case ("signal", let code?): return .signal(number: code)
        case ("timeout", _): return .timeout
        case ("cannot-start", _): return .cannotStart
        case ("exit", nil), ("signal", nil): return .unclear(problem: "its status file has no `code`")
        case (nil, _): return .unclear(problem: "its status file has no `ended`")
        case (let other?, _):
            return .unclear(problem: "its status file says `ended=\(other.bounded(40))`, which is not known")
        }
    }
}

/// What init wrote last, after the whole plan was run: the file `init.status`.
package struct InitStatus: Sendable, Equatable {
    package let isComplete: Bool
    package let workloads: Int?
    /// What the kernel held before the first workload and after the last; nil if init did not count.
    package let leavings: Leavings?

    /// Nil for an empty file, which counts as missing.
    package init?(_ bytes: Data) {
        guard let file = KeyValueFile(bytes) else { return nil }
        isComplete = file.values["plan"] == "complete" && file.contradiction == nil
        workloads = file.values["workloads"].flatMap { Int($0) }
        leavings = Leavings(file)
    }
}

/// The `key=value` lines of a status file.
struct KeyValueFile {
    let values: [String: String]
    /// A key that occurs twice with different values.
    let contradiction: String?

    /// Nil for a file with only white space and zero bytes: a crash leaves such files, and they say nothing.
    init?(_ bytes: Data) {
        guard bytes.contains(where: { $0 > 0x20 }) else { return nil }
        var values: [String: String] = [:]
        var contradiction: String?
        for line in ConsoleText.lines(of: String(decoding: bytes, as: UTF8.self)) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let key = line[..<sign].trimmed
            let value = line[line.index(after: sign)...].trimmed
            if let known = values[key], known != value { contradiction = contradiction ?? key }
            values[key] = value
        }
        self.values = values
        self.contradiction = contradiction
    }
}
