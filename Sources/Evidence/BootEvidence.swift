import Foundation

/// Everything that one boot left, on which alone a verdict is based.
package struct BootEvidence: Sendable, Equatable {
    package let plan: BootPlan
    package let boot: BootRecord
    /// The serial console from the first byte to the last, with invalid UTF-8 replaced.
    package let console: String
    package let results: ResultFiles
    /// The probe's trace of a deterministic guest; nil if there is none.
    package let trace: String?
    /// Nil if it was not recorded: in runs that are older than this, and if QEMU runs on another host.
    package let scheduling: SchedulingRecord?

    package init(
        plan: BootPlan, boot: BootRecord, console: String, results: ResultFiles, trace: String? = nil,
        scheduling: SchedulingRecord? = nil
    ) {
        self.plan = plan
        self.boot = boot
        self.console = console
        self.results = results
        self.trace = trace
        self.scheduling = scheduling
    }
}

/// The files that a guest left on its results disk.
package enum ResultFiles: Codable, Sendable, Equatable {
    /// The files' names, without a directory, and their bytes.
    case read([String: Data])
    /// The disk could not be read; the reason is the library's message.
    case unreadable(reason: String)
}
