/// What drydock saw of one boot from outside the guest.
package struct BootRecord: Codable, Sendable, Equatable {
    package let ending: Ending
    /// Wall time from starting the domain to its end.
    package let seconds: Double
    /// Wall time from starting the domain to `drydock: init` on the console; nil if it never came.
    package let secondsToInit: Double?
    /// `kvm` or `tcg`, as the domain was started.
    package let accelerator: String

    package init(ending: Ending, seconds: Double, secondsToInit: Double?, accelerator: String) {
        self.ending = ending
        self.seconds = seconds
        self.secondsToInit = secondsToInit
        self.accelerator = accelerator
    }

    /// No test runs for years.
    private static let mostSeconds = 1e8

    /// A time that no clock shows, in words that follow "says that"; nil if there is none.
    var fault: String? {
        let times = [("seconds", seconds), ("secondsToInit", secondsToInit ?? 0)]
        return times.first { !(0...Self.mostSeconds).contains($0.1) }.map { "`\($0.0)` is \($0.1)" }
    }
}

/// How a guest ended, as seen from outside; what the guest achieved is decided by the judge.
package enum Ending: Codable, Sendable, Equatable {
    /// The guest powered off or reset.
    case poweredOff
    /// libvirt reported the guest as crashed.
    case crashed
    /// The console reported something fatal; the guest was given its grace period, then destroyed.
    case destroyedAfterFatalConsole
    /// It printed more than `limitBytes` on its console and was destroyed.
    case consoleFlooded(limitBytes: Int)
    /// The guest had not ended when its time was up, and was destroyed; `limitSeconds` is the limit.
    case destroyedAtDeadline(limitSeconds: Int)
    /// The console never showed init within `limitSeconds`.
    case neverReachedInit(limitSeconds: Int)
    /// QEMU ended by itself, or libvirt lost it; no fault of the guest is known.
    case lost(reason: String)
    /// The host did not let the guest run, and it was destroyed.
    case hostInterference(HostInterference)
}

/// Something that the host did to a guest and that no guest can prevent.
package enum HostInterference: Codable, Sendable, Equatable {
    /// A file of the guest could not grow; `path` is the directory whose file system is full.
    case noSpace(path: String)
    /// The host could not read or write the guest's disk, and QEMU paused the guest.
    case diskError(path: String)
    /// QEMU was stopped, or the guest paused, for so long that the guest was given up.
    case paused(seconds: Int)

    /// What happened and what to do about it, in words that follow "the machine was lost:".
    package var words: String {
        switch self {
        case .noSpace(let path):
            "the file system of \(path) was full while it ran; free some space there, or give another place with --runs"
        case .diskError(let path):
            "the host could not read or write its disk, and QEMU paused it; look at the host's log and the disk of \(path)"
        case .paused(let seconds):
            "its QEMU was stopped for \(seconds) s; let it run (kill -CONT, virsh resume) or find out who stops it"
        }
    }

    /// Whether an immediate second try would end in the same way.
    package var lasts: Bool {
        switch self {
        case .noSpace, .diskError: true
        case .paused: false
        }
    }
}
