import Console
import Evidence

/// The results of a deterministic guest that must be the same every time.
package struct Recording: Sendable, Equatable {
    /// The first difference between two recordings.
    package struct Difference: Codable, Sendable, Equatable {
        /// `console`, `trace`, the name of a result file, or `ending` if one shows too little for a comparison.
        package let part: String
        /// Counted from 1.
        package let line: Int
        /// Nil if that recording has no such line.
        package let first: String?
        package let second: String?
    }

    /// The difference between a run that was cut off and any other.
    package static let cutOff = Difference(part: "ending", line: 1, first: "it ended", second: "it was cut off")

    private let console: [String]
    private let trace: [String]
    private let results: [String: [String]]
    /// Whether it ended by itself; otherwise the host ended it, at an arbitrary time.
    private let isWhole: Bool
    private let ending: Ending

    package init(_ evidence: BootEvidence) {
        console = Self.lines(evidence.console)
        trace = Self.lines(evidence.trace ?? "")
        results =
            if case .read(let files) = evidence.results {
                files.mapValues { Self.lines(String(decoding: $0, as: UTF8.self)) }
            } else { [:] }
        ending = evidence.boot.ending
        switch ending {
        case .poweredOff, .crashed: isWhole = true
        case .destroyedAfterFatalConsole, .consoleFlooded, .destroyedAtDeadline, .neverReachedInit, .lost,
            .hostInterference:
            isWhole = false
        }
    }

    /// The first difference to another boot of the same machine; nil if there is none.
    ///
    /// If the host ended a guest, the two are compared as far as both reach, because how far a guest got then is not
    /// its property. The same holds for a guest that the host gave some more seconds after a report of a hang, in which
    /// the other came to its end. A guest that was lost, or that reached its limit while the other did not, is never
    /// the same.
    package func difference(to other: Recording) -> Difference? {
        if isLost || other.isLost || isWhole != other.isWhole && !(isWhole ? contains(other) : other.contains(self)) {
            return Difference(part: "ending", line: 1, first: "\(ending)", second: "\(other.ending)")
        }
        let ends = isWhole && other.isWhole
        if let found = Self.difference("console", console, other.console, compareEnds: ends)
            ?? Self.difference("trace", trace, other.trace, compareEnds: ends)
        {
            return found
        }
        for name in Set(results.keys).union(other.results.keys).sorted() {
            let (first, second) = (results[name], other.results[name])
            if first == nil || second == nil, !ends { continue }
            if let found = Self.difference(name, first ?? [], second ?? [], compareEnds: true) { return found }
        }
        return nil
    }

    /// To Swift "\r\n", with which a console ends its lines, is one character and not a "\n".
    private static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    private static func difference(
        _ part: String, _ first: [String], _ second: [String], compareEnds: Bool
    ) -> Difference? {
        // The last line of a guest that was ended may be cut.
        let shared = compareEnds ? max(first.count, second.count) : max(0, min(first.count, second.count) - 1)
        for index in 0..<shared {
            let (one, other) = (index < first.count ? first[index] : nil, index < second.count ? second[index] : nil)
            if one != other {
                return Difference(part: part, line: index + 1, first: one, second: other)
            }
        }
        return nil
    }

    /// Whether this one, which ended by itself, reaches as far as one that the host ended after a report of a hang.
    private func contains(_ cut: Recording) -> Bool {
        cut.ending == .destroyedAfterFatalConsole && console.count >= cut.console.count
            && trace.count >= cut.trace.count
    }

    /// Whether the host ended the guest, so that nothing is known of what it would have done.
    package var isLost: Bool {
        switch ending {
        case .lost, .hostInterference: true
        case .poweredOff, .crashed, .destroyedAfterFatalConsole, .consoleFlooded, .destroyedAtDeadline,
            .neverReachedInit:
            false
        }
    }

    /// Guest time of the last event of the trace; nil if there is none.
    package var lastEventNanoseconds: UInt64? {
        trace.lazy.reversed().compactMap { TraceEvent($0)?.nanoseconds }.first
    }

    /// The numbers of lines of console and trace that were compared.
    package var lines: (console: Int, trace: Int) { (console.count, trace.count) }
}
