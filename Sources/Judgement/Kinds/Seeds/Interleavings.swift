import Console
import Evidence
import Files

/// The order in which the CPUs of a deterministic guest did what the probe saw, for each workload.
package enum Interleavings {
    /// A digest of each traced workload's order, by its name: which CPU did what in which session.
    ///
    /// It does not cover the guest time or the addresses, because a seed may simply choose those; it covers how far the
    /// other CPUs were when all locks were about to be taken.
    /// - Parameter trace: as the probe wrote it.
    package static func digests(of trace: String) -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for (workload, events) in events(of: trace) where !events.isEmpty {
            digests[workload] = Digest(inputs: ["order": events.joined(separator: "\n")])
        }
        return digests
    }

    /// The events of each workload; those of a workload that did not end go up to the trace's end.
    private static func events(of trace: String) -> [String: [String]] {
        var events: [String: [String]] = [:]
        var workload: String?
        for line in trace.split(separator: "\n") {
            if line.hasPrefix("# begin ") {
                workload = String(line.dropFirst(8))
            } else if line.hasPrefix("# end ") {
                workload = nil
            } else if let workload, let event = TraceEvent(line) {
                events[workload, default: []].append(event.order)
            }
        }
        return events
    }
}
