/// How a guest left, as the machine saw it; what the guest achieved is for the judge to say.
package enum Ending: Codable, Sendable, Equatable {
    /// The guest switched itself off or reset.
    case poweredOff
    /// libvirt reported the guest as crashed.
    case crashed
    /// Something fatal stood on the console and the guest was given its grace period, then destroyed.
    case destroyedAfterFatalConsole
    /// It printed more than `limitBytes` on its console and was destroyed.
    case consoleFlooded(limitBytes: Int)
    /// The guest had not left when its time was up, and was destroyed; `limitSeconds` is the limit it overran.
    case destroyedAtDeadline(limitSeconds: Int)
    /// The console never showed init within `limitSeconds`.
    case neverReachedInit(limitSeconds: Int)
    /// QEMU ended by itself, or libvirt lost it: no fault of the guest is known.
    case lost(reason: String)
    /// The host did not let the guest run, and it was destroyed.
    case hostInterference(HostInterference)
}
