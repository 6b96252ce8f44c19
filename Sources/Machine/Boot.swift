import Console
import Evidence
import Files
import Foundation

/// Runs one guest from power-on to its end, however it ends.
package enum Boot {
    private static let pollInterval = Duration.milliseconds(25)

    /// Boots `spec` and watches it.
    ///
    /// A guest that panics, hangs or vanishes is a record, not an error. The console file is truncated first.
    /// - Parameter onProgress: called when the guest's activity changes: "booting", "2/5 vmtruncate-fault".
    /// - Throws: `MachineError` if no guest could be started, or `CancellationError`; the guest has ended by then.
    package static func run(
        _ spec: MachineSpec, limits: BootLimits, on hypervisor: Hypervisor,
        onProgress: @Sendable (String) -> Void = { _ in }
    ) async throws -> BootRecord {
        let console = try openConsole(spec.console)
        defer { try? console.close() }
        let clock = ContinuousClock()
        let started = clock.now
        let place = spec.console.deletingLastPathComponent()
        var monitor = BootMonitor(limits: limits, place: place.path)
        onProgress(monitor.progress)
        let (ending, end, scheduling) = try await hypervisor.withGuest(spec) { guest in
            var scheduling = SchedulingWatch(domain: guest.domain, place: place)
            let ending = try await watch(guest, console, &monitor, &scheduling, onProgress) {
                (clock.now - started) / .seconds(1)
            }
            return (ending, clock.now, SchedulingRecord(windows: scheduling.windows))
        }
        // The record of the guest counts without this file.
        if let file = spec.scheduling { try? scheduling.write(to: file) }
        return BootRecord(
            ending: ending, seconds: (end - started) / .seconds(1), secondsToInit: monitor.secondsToInit,
            accelerator: spec.accelerator.rawValue)
    }

    /// Polls until the guest has ended or must be destroyed.
    private static func watch(
        _ guest: Guest, _ console: FileHandle, _ monitor: inout BootMonitor, _ scheduling: inout SchedulingWatch,
        _ onProgress: @Sendable (String) -> Void, elapsed: () -> Double
    ) async throws -> Ending {
        var parser = ConsoleWatch()
        var lines = 0
        while true {
            // The state comes first, so that all the guest printed before its end is read before the end is judged.
            let status = await status(of: guest)
            let isStopped = scheduling.isStopped
            let bytes = try console.readToEnd() ?? Data()
            lines += bytes.count { $0 == UInt8(ascii: "\n") }
            var sightings = parser.read(bytes)
            let isThere = (try? status.get())?.isThere ?? false
            if !isThere { sightings += parser.finish() }
            let before = monitor.progress
            let isPaused = isThere && (isStopped || status != .success(.running))
            scheduling.take(at: elapsed(), lines: lines, isPaused: isPaused)
            monitor.withheldSeconds = scheduling.withheldSeconds
            monitor.saw(sightings, bytes: bytes.count, at: elapsed())
            if monitor.progress != before { onProgress(monitor.progress) }
            switch status {
            case .failure(let error): return .lost(reason: "\(error)")
            case .success(let status):
                let decision = monitor.decide(status, isStopped: isStopped, at: elapsed())
                if decision == .wait {
                    try await Task.sleep(for: pollInterval)
                    continue
                }
                scheduling.finish(at: elapsed(), lines: lines, isPaused: isPaused)
                return settled(try await carryOut(decision, on: guest), scheduling)
            }
        }
    }

    private static func carryOut(_ decision: BootMonitor.Decision, on guest: Guest) async throws -> Ending {
        switch decision {
        case .wait: preconditionFailure("nothing is over yet")
        case .destroy(let ending):
            try await guest.destroy()
            return ending
        case .ended(.lost(let reason)): return .lost(reason: await withEmulatorLog(reason, guest))
        case .ended(let ending): return ending
        }
    }

    /// If the file system is full, the console and the disk may be incomplete.
    private static func settled(_ ending: Ending, _ scheduling: SchedulingWatch) -> Ending {
        guard scheduling.sawFullFileSystem else { return ending }
        return .hostInterference(.noSpace(path: scheduling.place.path))
    }

    private static func status(of guest: Guest) async -> Result<Guest.Status, MachineError> {
        do throws(MachineError) {
            return .success(try await guest.status())
        } catch {
            return .failure(error)
        }
    }

    private static func withEmulatorLog(_ reason: String, _ guest: Guest) async -> String {
        let log = await guest.emulatorLog()
        return log.isEmpty ? reason : "\(reason): \(log)"
    }

    private static func openConsole(_ file: URL) throws(MachineError) -> FileHandle {
        do {
            try Data().write(to: file)
            return try FileHandle(forReadingFrom: file)
        } catch {
            throw .cannotWrite(what: "console log", path: file.path, said: error.systemReason)
        }
    }
}
