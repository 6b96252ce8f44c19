import Console
import Evidence

/// Judges a boot by what it left, and by nothing else.
package enum Judge {
    package static func judge(_ evidence: BootEvidence) -> GuestVerdict {
        let share = HostShare(evidence)
        let console = ConsoleReading(evidence.console, planned: evidence.plan.workloads.count, share: share)
        let machine = MachineJudge(evidence: evidence, console: console, share: share).outcome
        let judge = WorkloadJudge(evidence: evidence, console: console, machine: machine, share: share)
        let workloads = evidence.plan.workloads.indices.map { judge.verdict(number: $0 + 1) }
        let outside = console.findings.filter { finding in
            finding.place != .inside || !evidence.plan.workloads.indices.contains((finding.workload ?? 0) - 1)
        }
        if endedAsExpected(evidence.plan, workloads) {
            let reason = machine.reason.isEmpty ? "went on after what had to happen" : "\(machine.reason), as it had to"
            return GuestVerdict(
                plan: evidence.plan,
                machine: MachineOutcome(.asExpected, reason, finding: machine.finding), workloads: workloads,
                findings: outside.filter { $0.place == .boot }, notes: notes(evidence.plan, console))
        }
        return GuestVerdict(
            plan: evidence.plan, machine: machine, workloads: workloads, findings: outside,
            leavings: leavings(evidence, console), notes: notes(evidence.plan, console))
    }

    /// Nil after a death of the kernel, because a task that died in it leaves everything that it had.
    private static func leavings(_ evidence: BootEvidence, _ console: ConsoleReading) -> Leavings? {
        guard case .read(let files) = evidence.results, !console.counted.contains(where: \.kind.leavesDamage) else {
            return nil
        }
        return files["init.status"].flatMap { InitStatus($0)?.leavings }
    }

    /// Whether the guest died as expected; what it does after that is not evidence.
    private static func endedAsExpected(_ plan: BootPlan, _ workloads: [WorkloadVerdict]) -> Bool {
        guard plan.alone != nil, workloads.count == 1, workloads[0].outcome == .pass else { return false }
        return plan.workloads[0].expectation != .pass
    }

    private static func notes(_ plan: BootPlan, _ console: ConsoleReading) -> [String] {
        var notes: [String] = []
        if let nanoseconds = plan.nanosecondsPerInstruction {
            notes.append("its clock counts instructions: \(nanoseconds) ns are one")
        }
        if let probe = console.probe, probe != "loaded" { notes.append("the probe module: \(probe)") }
        notes += console.findings.compactMap { finding in
            finding.withheld.map {
                "\(finding.headline.words), console line \(finding.headline.line), does not count: \($0.words)"
            }
        }
        if let death = console.counted.first(where: { $0.kind == .oops || $0.kind == .bug }), console.isDone {
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
