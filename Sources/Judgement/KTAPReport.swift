import Console
import Foundation

/// What a workload said in KTAP version 1; lines that are not KTAP are noise and prove nothing.
package struct KTAPReport: Sendable, Equatable {
    package internal(set) var hasVersion = false
    /// The N of `1..N`; nil where no plan came.
    package internal(set) var planned: Int?
    /// The reason of `1..0 # SKIP reason`, which skips the whole workload.
    package internal(set) var skipReason: String?
    package internal(set) var checks: [KTAPCheck] = []
    /// What followed `Bail out!`; empty where nothing did.
    package internal(set) var bailOut: String?
    /// What the workload needed and did not meet, in its own words: it shows nothing then.
    package internal(set) var unmet: [String] = []
    package internal(set) var figures: [Figure] = []
    package internal(set) var seed: UInt64?
    /// Init cut the output at its limit, so lines are missing from its end.
    package internal(set) var isCut = false
    /// Why the report cannot be taken as a whole; a report with problems never proves a pass.
    package internal(set) var problems: [String] = []

    package var passed: Int { checks.count { $0.result == .passed } }
    package var failed: [KTAPCheck] { checks.filter { $0.result == .failed } }
    /// The reasons of the skipped checks, in their order.
    package var skips: [String] {
        checks.compactMap {
            if case .skipped(let reason) = $0.result { reason } else { nil }
        }
    }

    package init(_ bytes: Data) {
        var parser = KTAPParser()
        for line in ConsoleText.lines(of: String(decoding: bytes, as: UTF8.self)) { parser.take(line) }
        self = parser.finish()
    }

    init() {}
}
