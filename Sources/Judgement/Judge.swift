import Evidence

/// Says what a boot shows, from what it left and from nothing else.
package enum Judge {
    package static func judge(_ evidence: RunEvidence) -> GuestVerdict {
        let console = ConsoleReading(evidence.console, planned: evidence.plan.workloads.count)
        let machine = MachineJudge(evidence: evidence, console: console).outcome
        let judge = WorkloadJudge(evidence: evidence, console: console, machine: machine)
        return GuestVerdict(
            subject: evidence.plan.subject, machine: machine,
            workloads: evidence.plan.workloads.indices.map { judge.verdict(number: $0 + 1) },
            findings: console.findings.filter { finding in
                finding.place != .inside
                    || !evidence.plan.workloads.indices.contains((finding.workload ?? 0) - 1)
            },
            notes: notes(console))
    }

    private static func notes(_ console: ConsoleReading) -> [String] {
        var notes: [String] = []
        if let probe = console.probe, probe != "loaded" { notes.append("the probe module: \(probe)") }
        if let death = console.findings.first(where: { $0.kind == .oops || $0.kind == .bug }), console.isDone {
            notes.append("what ran after line \(death.headline.line) ran on a kernel that had died once")
        }
        if let report = console.findings.first(where: { $0.kind == .lockdep }) {
            notes.append(
                "lockdep switches itself off at its first report: no lock was checked after line "
                    + "\(report.headline.line)")
        }
        return notes
    }
}
