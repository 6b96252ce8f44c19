/// Something on the console that the machine acts on, or tells its user.
package enum ConsoleEvent: Sendable, Equatable {
    case initStarted
    case disk(String)
    case probe(Probe)
    case began(index: Int, count: Int, workload: String)
    /// `outcome` is what init wrote: `exit 0`, `signal 11`, `timeout`, `cannot-start <errno text>`.
    case ended(index: Int, count: Int, workload: String, outcome: String)
    case done
    case initFailed(String)
    case fatal(FatalSign, line: String)

    package enum Probe: Sendable, Equatable {
        case loaded
        case absent
        case failed(String)
    }

    /// Whether init wrote it: a sign that the guest gets on.
    var isProgress: Bool {
        switch self {
        case .initStarted, .disk, .probe, .began, .ended, .done, .initFailed: true
        case .fatal: false
        }
    }
}

extension ConsoleEvent {
    /// Reads what stands behind `drydock: `, or nil where it is none of init's markers.
    init?(marker: Substring) {
        let words = marker.split(separator: " ", omittingEmptySubsequences: true)
        switch words.first {
        case "init" where words.count == 1: self = .initStarted
        case "init" where marker.hasPrefix("init failed: "): self = .initFailed(String(marker.dropFirst(13)))
        case "disk" where words.count == 2: self = .disk(String(words[1]))
        case "probe" where marker == "probe loaded": self = .probe(.loaded)
        case "probe" where marker == "probe absent": self = .probe(.absent)
        case "probe" where marker.hasPrefix("probe failed: "): self = .probe(.failed(String(marker.dropFirst(14))))
        case "begin" where words.count == 3:
            guard let (index, count) = Self.position(words[1]) else { return nil }
            self = .began(index: index, count: count, workload: String(words[2]))
        case "end" where words.count >= 4:
            guard let (index, count) = Self.position(words[1]) else { return nil }
            self = .ended(
                index: index, count: count, workload: String(words[2]), outcome: words[3...].joined(separator: " "))
        case "done" where words.count == 1: self = .done
        default: return nil
        }
    }

    /// `2/5`.
    private static func position(_ text: Substring) -> (Int, Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), (1...max(1, count)) ~= index
        else {
            return nil
        }
        return (index, count)
    }
}
