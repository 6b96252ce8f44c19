import Console
import Evidence
import Libvirt

/// Decides when a boot is over, from what was seen and when; it neither waits nor touches the guest.
package struct BootMonitor {
    package enum Decision: Equatable {
        case wait
        /// The guest ended by itself.
        case ended(Ending)
        /// The guest must be destroyed.
        case destroy(Ending)
    }

    let limits: BootLimits
    /// The directory of the guest's files, for the message about its disk.
    private let place: String
    /// What the host kept from the guest so far, in seconds; the limits do not count it.
    package var withheldSeconds = 0.0
    /// By the host's clock.
    package private(set) var secondsToInit: Double?
    /// The guest's activity, for people.
    package private(set) var progress = "booting"

    /// How long libvirt may take to say how a guest ended that it no longer knows.
    private static let patienceSeconds = 2.0
    /// A guest is ended after this many times its limit by the host's clock, whatever the host kept from it.
    private static let mostTimes = 10.0
    private var sawDone = false
    private var initAt: Double?
    private var pausedSince: Double?
    private var finalSignAt: Double?
    private var hangSignAt: Double?
    private var unknownSince: Double?
    private var consoleBytes = 0

    package init(limits: BootLimits, place: String = "") {
        self.limits = limits
        self.place = place
    }

    /// - Parameter seconds: since the domain was started, like all times here.
    package mutating func saw(_ sightings: [ConsoleWatch.Sighting], bytes: Int, at seconds: Double) {
        let given = seconds - withheldSeconds
        consoleBytes += bytes
        for sighting in sightings {
            switch sighting {
            case .marker(let marker):
                hangSignAt = nil
                // Counts any marker, because the kernel may have garbled init's first one.
                secondsToInit = secondsToInit ?? seconds
                initAt = initAt ?? given
                take(marker)
            case .trouble(let kind, let isOver):
                progress = kind.words
                if isOver { finalSignAt = finalSignAt ?? given } else { hangSignAt = hangSignAt ?? given }
            }
        }
    }

    private mutating func take(_ marker: Marker) {
        switch marker {
        case .initBegan: progress = "init"
        case .begin(let number, let count, let workload): progress = "\(number)/\(count) \(workload)"
        case .done:
            sawDone = true
            progress = "powering off"
        case .initFailed(let what): progress = "init failed: \(what)"
        case .disk, .probe, .end, .stuck, .stopped, .held: break
        }
    }

    /// - Parameter isStopped: QEMU does not run because somebody stopped it.
    package mutating func decide(_ status: Guest.Status, isStopped: Bool = false, at seconds: Double) -> Decision {
        switch status {
        case .running where !isStopped:
            unknownSince = nil
            pausedSince = nil
            return overrun(at: seconds - withheldSeconds, byTheHost: seconds).map(Decision.destroy) ?? .wait
        case .paused(byDiskError: true): return .destroy(.hostInterference(.diskError(path: place)))
        case .running, .paused(byDiskError: false):
            let since = pausedSince ?? seconds
            pausedSince = since
            guard seconds - since >= limits.pausedSeconds else { return .wait }
            return .destroy(.hostInterference(.paused(seconds: Int(seconds - since))))
        case .stopped(.shutdown): return .ended(.poweredOff)
        case .stopped(.crashed): return .ended(.crashed)
        case .stopped(.failed):
            // QEMU is told to stay until libvirt has seen the guest's end, so a QEMU that has gone has failed.
            return .ended(sawDone ? .poweredOff : .lost(reason: "QEMU ended by itself"))
        case .stopped(.destroyed): return .ended(.lost(reason: "somebody else destroyed the guest"))
        case .stopped(.other(let detail)): return .ended(.lost(reason: "libvirt stopped the guest (detail \(detail))"))
        case .unknown:
            let since = unknownSince ?? seconds
            unknownSince = since
            guard seconds - since >= Self.patienceSeconds else { return .wait }
            if sawDone { return .ended(.poweredOff) }
            return .ended(.lost(reason: "libvirt no longer knows the guest and did not say why"))
        }
    }

    /// - Parameters:
    ///   - seconds: those that the host gave to the guest.
    ///   - all: those of the host's clock.
    private func overrun(at seconds: Double, byTheHost all: Double) -> Ending? {
        if let finalSignAt, seconds - finalSignAt >= limits.panicGraceSeconds { return .destroyedAfterFatalConsole }
        if let hangSignAt, seconds - hangSignAt >= limits.hangGraceSeconds { return .destroyedAfterFatalConsole }
        if consoleBytes > limits.consoleBytes { return .consoleFlooded(limitBytes: limits.consoleBytes) }
        // A report that began in time is read to its end.
        if finalSignAt != nil { return nil }
        guard let initAt else {
            let limit = Double(limits.bootSeconds)
            return seconds >= limit || all >= limit * Self.mostTimes
                ? .neverReachedInit(limitSeconds: limits.bootSeconds) : nil
        }
        let limit = Double(limits.runSeconds)
        return seconds - initAt >= limit || all - (secondsToInit ?? 0) >= limit * Self.mostTimes
            ? .destroyedAtDeadline(limitSeconds: limits.runSeconds) : nil
    }
}

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
