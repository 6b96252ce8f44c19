import Console
import Evidence

// What the kernel says was not done in time.
extension FindingHeadline {
    /// What the host kept from the guest in the time that this report is about; nil if the kernel is to blame.
    /// - Parameter last: the report before, which may have led to this panic.
    func withheld(by share: HostShare, after last: ConsoleFinding?) -> Withheld? {
        switch kind.weight {
        case .hang: share.withheld(before: line, for: secondsLookedAt)
        case .crash:
            if isPanicOverLockup {
                last?.withheld
            } else {
                isPanicOverTimer ? share.withheld(before: line, for: 30) : nil
            }
        case .complaint: nil
        }
    }

    /// `softlockup_panic` and the like.
    private var isPanicOverLockup: Bool {
        kind == .panic
            && ["softlockup: hung tasks", "hung_task: blocked tasks", "RCU Stall", "Hard LOCKUP", "hard lockup"]
                .contains(where: text.holds)
    }

    /// Whether a kernel counts no timer ticks while it waits for some.
    private var isPanicOverTimer: Bool { kind == .panic && text.holds("timer doesn't work") }

    /// The kernel's own number (`stuck for 23s!`, `blocked for more than 120 seconds`); if there is none, the usual
    /// time until that kind is reported.
    private var secondsLookedAt: Double {
        if let match = text.firstMatch(of: /\ for (?:more than )?(\d+) ?s/), let seconds = Double(match.1) {
            return seconds
        }
        return kind == .softLockup || kind == .hardLockup ? 12 : 30
    }
}
