/// How long a guest may take, and how much it may say. Its time does not pass while the host keeps its processors from it.
package struct BootLimits: Sendable, Equatable {
    /// From starting the domain to `drydock: init`.
    package let bootSeconds: Int
    /// From `drydock: init` to the guest's end: the workloads' time limits and some slack.
    package let runSeconds: Int
    /// How long after a final sign the guest may print the rest of its report.
    package let panicGraceSeconds: Double
    /// How long after a lockup, a hung task or a stall the guest may go without a sign of progress.
    package let hangGraceSeconds: Double
    /// A console that grew past this is a guest that does nothing but complain.
    package let consoleBytes: Int
    /// How long QEMU may be stopped, or libvirt keep the guest paused, at a time.
    package let pausedSeconds: Double

    package init(
        bootSeconds: Int, runSeconds: Int, panicGraceSeconds: Double = 2, hangGraceSeconds: Double = 30,
        consoleBytes: Int = 16 << 20, pausedSeconds: Double = 120
    ) {
        self.bootSeconds = bootSeconds
        self.runSeconds = runSeconds
        self.panicGraceSeconds = panicGraceSeconds
        self.hangGraceSeconds = hangGraceSeconds
        self.consoleBytes = consoleBytes
        self.pausedSeconds = pausedSeconds
    }
}
