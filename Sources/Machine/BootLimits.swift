/// How long a guest may take, and how much it may print; its time does not count while the host keeps its CPUs from it.
package struct BootLimits: Sendable, Equatable {
    /// From starting the domain to `drydock: init`.
    package let bootSeconds: Int
    /// From `drydock: init` to the guest's end: the workloads' time limits and some slack.
    package let runSeconds: Int
    /// How long, after a report of its death, the guest may print the rest of the report.
    package let panicGraceSeconds: Double
    /// How long after a lockup, a hung task or a stall the guest may show no progress.
    package let hangGraceSeconds: Double
    /// If a console grows beyond this size, the guest does nothing but complain.
    package let consoleBytes: Int
    /// How long at a time QEMU may be stopped, or libvirt may keep the guest paused.
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
