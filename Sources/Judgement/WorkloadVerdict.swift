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
    /// Set if it is unproven and that is not a sign of trouble in the kernel.
    package let doubt: Doubt?
    package let checks: CheckCounts
    /// Why checks were skipped in a workload that ran, each reason once.
    package let skips: [String]
    package let figures: [Figure]
    /// Wall time in the guest; nil if init did not say.
    package let milliseconds: Int?
    /// Set if it is a known failure of this kernel: then a failure is not news, but a pass is.
    package let known: KnownFinding?
    /// The kernel's reports while it ran.
    package let findings: [ConsoleFinding]
    /// What it left behind in the kernel; nil if that is nothing.
    package let leaks: [Leak]?
    /// What a reader should know but what decided nothing.
    package let notes: [String]

    /// Whether it would have passed but for its leaks; not in the JSON, which has it in words, so false if it was read
    /// from there.
    private(set) var failsByLeakAlone = false
    /// What the kernel held before and after it; nil if init did not count, and not in the JSON.
    private(set) var leavings: Leavings?

    /// Whether nothing is known because of the guest's own trouble; not in the JSON, which has it in words, so false if
    /// it was read from there.
    private(set) var wentWithMachine = false

    private enum CodingKeys: String, CodingKey {
        case number, name, summary, kind, claims, seed, outcome, doubt, checks, skips, figures, milliseconds, known
        case findings, leaks, notes
    }

    /// Whether it is inconclusive, or a known failure did not occur this time, which may be chance.
    package var isOpen: Bool { outcome.isUnknown || known != nil && outcome == .pass }

    package init(
        number: Int, planned: PlannedWorkload, outcome: WorkloadOutcome, doubt: Doubt? = nil,
        wentWithMachine: Bool = false,
        checks: CheckCounts = CheckCounts(),
        skips: [String] = [], figures: [Figure] = [], milliseconds: Int? = nil, findings: [ConsoleFinding] = [],
        leavings: Leavings? = nil, leaks: [Leak] = [], failsByLeakAlone: Bool = false, notes: [String] = []
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
        self.leavings = leavings
        self.leaks = leaks.isEmpty ? nil : leaks
        self.failsByLeakAlone = failsByLeakAlone
        self.notes = notes
    }

    /// Its leaks that the same workload does not have on the kernel that is compared with.
    /// - Parameter base: nil if there is none.
    func leaks(beyond base: WorkloadVerdict?) -> [Leak] {
        (leaks ?? []).filter { base?.leavings?.shows($0) != true }
    }
}

/// Why a workload is unproven, if that is not a sign of trouble in the kernel.
package enum Doubt: String, Codable, Sendable {
    /// The race that it is about did not occur.
    case unmet
    /// The host kept the guest from doing something in time.
    case host
    /// It failed on a kernel that had died, or lost a CPU, before it began.
    case earlierDeath = "earlier-death"
}

/// The results of a workload's checks, counted.
package struct CheckCounts: Codable, Sendable, Equatable {
    package let passed: Int
    package let failed: Int
    package let skipped: Int

    package init(passed: Int = 0, failed: Int = 0, skipped: Int = 0) {
        self.passed = passed
        self.failed = failed
        self.skipped = skipped
    }
}

/// One number that a workload measured, from a `# figure <name> <number> <unit>` line.
package struct Figure: Codable, Sendable, Equatable {
    package let name: String
    package let value: Double
    package let unit: String

    package init(name: String, value: Double, unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
    }
}
