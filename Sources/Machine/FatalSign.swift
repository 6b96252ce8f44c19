/// A kernel message after which the guest will not, or may never, get on.
package enum FatalSign: Sendable, Equatable, CaseIterable {
    case panic
    /// The kernel's decompressor gave up.
    case halted
    case softLockup
    case hardLockup
    case spinlockLockup
    case hungTask
    case rcuStall

    /// Whether nothing can follow but the rest of the report.
    package var isFinal: Bool {
        switch self {
        case .panic, .halted: true
        case .softLockup, .hardLockup, .spinlockLockup, .hungTask, .rcuStall: false
        }
    }

    package var summary: String {
        switch self {
        case .panic: "kernel panic"
        case .halted: "system halted"
        case .softLockup: "soft lockup"
        case .hardLockup: "hard lockup"
        case .spinlockLockup: "spinlock lockup"
        case .hungTask: "hung task"
        case .rcuStall: "RCU stall"
        }
    }

    /// The sign a line of the kernel's shows; the wordings of 2.6.18 and of 6.1.
    init?(line: String) {
        guard let sign = Self.allCases.first(where: { $0.wordings.contains(where: line.contains) }) else { return nil }
        // "INFO: task kswapd0:34 blocked for more than 120 seconds."
        if sign == .hungTask, !line.contains("task ") { return nil }
        self = sign
    }

    private var wordings: [String] {
        switch self {
        case .panic: ["Kernel panic - not syncing", "Kernel panic: "]
        case .halted: ["-- System halted"]
        case .softLockup: ["BUG: soft lockup"]
        case .hardLockup: ["hard LOCKUP", "NMI Watchdog detected LOCKUP"]
        case .spinlockLockup: ["BUG: spinlock lockup", "BUG: rwlock lockup", "BUG: write-lock lockup"]
        case .hungTask: [" blocked for more than "]
        case .rcuStall: ["detected stall", "detected expedited stall"]
        }
    }
}
