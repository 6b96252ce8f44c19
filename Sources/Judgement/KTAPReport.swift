import Console
import Foundation

/// What a workload printed in KTAP version 1; lines that are not KTAP are ignored and prove nothing.
package struct KTAPReport: Sendable {
    package internal(set) var hasVersion = false
    /// The N of `1..N`; nil if there is no plan line.
    package internal(set) var planned: Int?
    /// The reason of `1..0 # SKIP reason`, which skips the whole workload.
    package internal(set) var skipReason: String?
    package internal(set) var checks: [KTAPCheck] = []
    /// What followed `Bail out!`; may be empty.
    package internal(set) var bailOut: String?
    /// The conditions that the workload needed and that did not occur, in its own words; it then shows nothing.
    package internal(set) var unmet: [String] = []
    package internal(set) var figures: [Figure] = []
    package internal(set) var seed: UInt64?
    /// The totals that the output itself gives; none that contradicts the results proves a pass.
    var totals: [(passed: Int, failed: Int)] = []
    /// Whether init cut the output at its limit, so that lines are missing from its end.
    package internal(set) var isCut = false
    /// Why the report as a whole cannot be accepted; a report with problems never proves a pass.
    package internal(set) var problems: [String] = []

    package var passed: Int { checks.count { $0.result == .passed } }
    package var failed: [KTAPCheck] { checks.filter { $0.result == .failed } }
    /// The reasons of the skipped checks, in order.
    package var skips: [String] {
        checks.compactMap {
            if case .skipped(let reason) = $0.result { reason } else { nil }
        }
    }

    /// Init cuts an output at half of it.
    private static let largest = 2 << 20

    package init(_ bytes: Data) {
        guard bytes.count <= Self.largest else {
            problems = ["the output has \(bytes.count) bytes, more than init lets through"]
            return
        }
        var parser = KTAPParser()
        for line in ConsoleText.lines(of: String(decoding: bytes, as: UTF8.self)) { parser.take(String(line)) }
        self = parser.finish()
    }

    init() {}
}

/// One result line of a KTAP report.
package struct KTAPCheck: Sendable, Equatable {
    package enum Result: Sendable, Equatable {
        case passed
        case failed
        /// `ok N text # SKIP reason`; the reason may be empty.
        case skipped(reason: String)
    }

    package let number: Int
    package let text: String
    package let result: Result
}
