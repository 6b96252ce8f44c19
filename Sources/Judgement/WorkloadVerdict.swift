import Evidence

/// What one boot shows about one planned workload.
package struct WorkloadVerdict: Codable, Sendable, Equatable {
    /// The place in the plan, from 1.
    package let number: Int
    package let name: String
    package let summary: String
    package let kind: String
    package let claims: [String]
    package let seed: UInt64
    package let outcome: WorkloadOutcome
    /// Set for one that is unproven, if that is no sign of trouble in the kernel.
    package let doubt: Doubt?
    package let checks: CheckCounts
    /// Why checks of a workload that ran were skipped, each reason once.
    package let skips: [String]
    package let figures: [Figure]
    /// Wall time in the guest; nil where init did not say.
    package let milliseconds: Int?
    /// Set where this kernel is known to fail it: a failure is then no news, and a pass is.
    package let known: KnownFinding?
    /// What the kernel reported while it ran.
    package let findings: [ConsoleFinding]
    /// What a reader should know and what decided nothing.
    package let notes: [String]

    /// The machine's own trouble is why nothing is known of it. Not in the JSON, which has that in words; false if it was
    /// read from there.
    private(set) var wentWithMachine = false

    private enum CodingKeys: String, CodingKey {
        case number, name, summary, kind, claims, seed, outcome, doubt, checks, skips, figures, milliseconds, known
        case findings, notes
    }

    /// It does not show what it does; or what it is known to fail at did not happen this time, which luck can bring about.
    package var isOpen: Bool { outcome.isUnknown || known != nil && outcome == .pass }

    package init(
        number: Int, planned: PlannedWorkload, outcome: WorkloadOutcome, doubt: Doubt? = nil,
        wentWithMachine: Bool = false,
        checks: CheckCounts = CheckCounts(),
        skips: [String] = [], figures: [Figure] = [], milliseconds: Int? = nil, findings: [ConsoleFinding] = [],
        notes: [String] = []
    ) {
        self.number = number
        name = planned.name
        summary = planned.summary
        kind = planned.kind
        claims = planned.claims
        seed = planned.seed
        known = planned.known
        self.outcome = outcome
        self.doubt = doubt
        self.wentWithMachine = wentWithMachine
        self.checks = checks
        self.skips = skips
        self.figures = figures
        self.milliseconds = milliseconds
        self.findings = findings
        self.notes = notes
    }
}

/// Why a workload is unproven, where that is no sign of trouble in the kernel.
package enum Doubt: String, Codable, Sendable {
    /// The race that it is about did not come about.
    case unmet
    /// The host kept the guest from doing in time what it had to do.
    case host
    /// It failed on a kernel that had died, or lost a processor, before it began.
    case earlierDeath = "earlier-death"
}
