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
}
