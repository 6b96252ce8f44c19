/// What a kernel reported about itself on its console, or, for `leak` alone, what init counted.
package enum FindingKind: String, Codable, Sendable, CaseIterable {
    case panic
    case oops
    case bug
    case warning
    case lockdep
    case lockMisuse = "lock-misuse"
    case spinlockLockup = "spinlock-lockup"
    case softLockup = "soft-lockup"
    case hardLockup = "hard-lockup"
    case workqueueLockup = "workqueue-lockup"
    case hungTask = "hung-task"
    case rcuStall = "rcu-stall"
    case listCorruption = "list-corruption"
    case memoryCorruption = "memory-corruption"
    case memoryLeak = "memory-leak"
    case fileSystemError = "file-system-error"
    case sleepingInAtomic = "sleeping-in-atomic"
    case schedulingWhileAtomic = "scheduling-while-atomic"
    case addressSanitizer = "address-sanitizer"
    case undefinedBehaviour = "undefined-behaviour"
    case outOfMemoryKill = "out-of-memory-kill"
    /// Objects of the kernel are left after a workload; no console reports it.
    case leak

    /// What the kind means for the workload during which it was reported.
    package enum Weight: Sendable {
        /// The kernel died or reported that its own state is broken.
        case crash
        /// Something in the kernel is stuck.
        case hang
        /// The kernel complained and went on.
        case complaint
    }

    package var weight: Weight {
        switch self {
        case .panic, .oops, .bug, .lockdep, .lockMisuse, .listCorruption, .memoryCorruption, .fileSystemError,
            .sleepingInAtomic, .schedulingWhileAtomic, .addressSanitizer:
            .crash
        case .spinlockLockup, .softLockup, .hardLockup, .workqueueLockup, .hungTask, .rcuStall: .hang
        case .warning, .undefinedBehaviour, .outOfMemoryKill, .memoryLeak, .leak: .complaint
        }
    }

    /// Whether a later failure in the kernel may be a consequence of such a report.
    package var leavesDamage: Bool {
        switch self {
        case .panic, .oops, .bug, .listCorruption, .memoryCorruption, .fileSystemError: true
        case .spinlockLockup, .softLockup, .hardLockup, .workqueueLockup, .hungTask, .rcuStall: true
        case .warning, .lockdep, .lockMisuse, .sleepingInAtomic, .schedulingWhileAtomic, .addressSanitizer,
            .undefinedBehaviour, .outOfMemoryKill, .memoryLeak, .leak:
            false
        }
    }

    /// The kind in words, for use in a sentence.
    package var words: String {
        switch self {
        case .panic: "kernel panic"
        case .oops: "oops"
        case .bug: "kernel BUG"
        case .warning: "warning"
        case .lockdep: "lockdep report"
        case .lockMisuse: "misuse of a lock"
        case .spinlockLockup: "spinlock lockup"
        case .softLockup: "soft lockup"
        case .hardLockup: "hard lockup"
        case .workqueueLockup: "workqueue lockup"
        case .hungTask: "hung task"
        case .rcuStall: "RCU stall"
        case .listCorruption: "list corruption"
        case .memoryCorruption: "memory corruption"
        case .memoryLeak: "memory leak"
        case .fileSystemError: "file system error"
        case .sleepingInAtomic: "sleeping in atomic context"
        case .schedulingWhileAtomic: "scheduling while atomic"
        case .addressSanitizer: "memory-safety report"
        case .undefinedBehaviour: "undefined-behaviour report"
        case .outOfMemoryKill: "out-of-memory kill"
        case .leak: "leak"
        }
    }
}
