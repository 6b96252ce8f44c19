import Console
import Evidence

/// What the patches did to one workload.
package enum Change: String, Codable, Sendable, CaseIterable {
    case same
    /// It failed, crashed or hung on base and passes on patched.
    case fixed
    /// It passed on base and fails, crashes or hangs on patched.
    case broken
    /// It was skipped on base and passes on patched.
    case nowRuns = "now-runs"
    /// It ran on base; on patched it is skipped, or checks that passed are skipped.
    case noLongerRuns = "no-longer-runs"
    case differs
    /// It is inconclusive on base or on patched.
    case unknown

    package var words: String {
        switch self {
        case .same: "same"
        case .fixed: "fixed"
        case .broken: "broken"
        case .nowRuns: "now runs"
        case .noLongerRuns: "no longer runs"
        case .differs: "differs"
        case .unknown: "unknown"
        }
    }

    /// - Parameter isSameMachine: false if one of the two guests had no disk, so that checks were skipped in it.
    init(from base: WorkloadVerdict, to patched: WorkloadVerdict, onSameMachine isSameMachine: Bool = true) {
        self =
            switch (base.outcome.word, patched.outcome.word) {
            case (.lost, _), (.unproven, _), (_, .lost), (_, .unproven): .unknown
            case (.pass, .pass): isSameMachine && Self.runsLess(base.checks, patched.checks) ? .noLongerRuns : .same
            case (.skip, .pass): .nowRuns
            case (.skip, .skip): .same
            case (.fail, .pass), (.crash, .pass), (.hang, .pass): .fixed
            case (.pass, .skip), (.fail, .skip), (.crash, .skip), (.hang, .skip): .noLongerRuns
            case (.pass, .fail), (.pass, .crash), (.pass, .hang): .broken
            case (.skip, .fail), (.skip, .crash), (.skip, .hang): .differs
            case (.fail, .fail), (.crash, .crash), (.hang, .hang):
                base.troubles == patched.troubles ? .same : .differs
            case (.fail, .crash), (.fail, .hang), (.crash, .fail), (.crash, .hang), (.hang, .fail), (.hang, .crash):
                .differs
            }
    }

    private static func runsLess(_ base: CheckCounts, _ patched: CheckCounts) -> Bool {
        patched.passed < base.passed && patched.skipped > base.skipped
    }
}

extension WorkloadVerdict {
    /// The kernel's report that decided it; for a plain failure, every complaint that counts.
    fileprivate var troubles: Set<String> {
        if let headline = outcome.finding {
            return [findings.first { $0.headline == headline }?.signature ?? headline.signature]
        }
        return Set(findings.filter { $0.counts && $0.kind.weight == .complaint }.map(\.signature))
    }
}
