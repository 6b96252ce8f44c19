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
