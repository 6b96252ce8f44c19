import Console
import Evidence
import Foundation

/// Judges the workloads of one boot; what the kernel said outranks what the workload said.
struct WorkloadJudge {
    let evidence: BootEvidence
    let console: ConsoleReading
    let machine: MachineOutcome
    let share: HostShare

    func verdict(number: Int) -> WorkloadVerdict {
        let planned = evidence.plan.workloads[number - 1]
        let status = file(number, "status").flatMap { WorkloadStatus($0) }
        let output = file(number, "ktap")
        let report = output.map { KTAPReport($0) }
        let findings = console.findings(in: number)
        let (said, wentWithMachine) =
            status.map { (outcome(of: planned, number: number, status: $0, report: report), false) }
            ?? withoutStatus(number, planned, report)
        let counted = findings.filter(\.counts)
        let seen = Self.outranked(said, by: counted)
        let decided =
            switch planned.expectation {
            case .pass: seen
            case .death, .hang:
                FatalExpectation(
                    planned, findings: counted, lines: console.lines(of: number),
                    failures: report.map(Self.failures) ?? []
                ).outcome(of: seen, said: said)
            }
        let (settled, doubt) = doubted(decided, number, planned, isUnmet: report?.unmet.isEmpty == false)
        return WorkloadVerdict(
            number: number, planned: planned, outcome: settled, doubt: doubt, wentWithMachine: wentWithMachine,
            checks: report.map { CheckCounts(passed: $0.passed, failed: $0.failed.count, skipped: $0.skips.count) }
                ?? CheckCounts(),
            skips: report?.skips.uniqued ?? [], figures: report?.figures ?? [], milliseconds: status?.milliseconds,
            findings: findings, notes: notes(number, planned, status, report))
    }

    private func file(_ number: Int, _ suffix: String) -> Data? {
        guard case .read(let files) = evidence.results else { return nil }
        return files["\(evidence.plan.resultName(number)).\(suffix)"]
    }

    /// Makes unproven what the host, an earlier death of the kernel or a race that did not occur may have caused.
    private func doubted(
        _ outcome: WorkloadOutcome, _ number: Int, _ planned: PlannedWorkload, isUnmet: Bool
    ) -> (WorkloadOutcome, Doubt?) {
        if outcome.isFailure, let death = deathBefore(number)?.headline {
            let words = "it failed after the kernel reported \(death.words), line \(death.line): "
            return (.unproven(reasons: outcome.reasons.map { words + $0 }), .earlierDeath)
        }
        switch outcome {
        case .pass where console.contradictions[number] != nil:
            let words = console.contradictions[number]?.words ?? ""
            return (.unproven(reasons: ["the console \(words)"]), nil)
        case .hang(let reason, finding: nil):
            guard let begun = console.begun[number],
                let withheld = share.withheld(fromLine: begun, toLine: console.ended[number]?.line)
            else { return (outcome, nil) }
            return (.unproven(reasons: ["\(reason), and \(withheld.words)"]), .host)
        case .pass where planned.expectation == .pass && console.lost[number] != nil:
            // A slow console, which a busy host has, loses messages.
            let words = "the kernel dropped \(console.lost[number] ?? 0) messages of its console while it ran"
            return (.unproven(reasons: [words]), .host)
        case .pass where planned.expectation == .pass, .skip where planned.expectation == .pass:
            guard let finding = console.findings(in: number).first(where: { !$0.counts }),
                let withheld = finding.withheld
            else { return (outcome, nil) }
            let words = "\(finding.headline.words) on the console, line \(finding.headline.line), and \(withheld.words)"
            return (.unproven(reasons: [words]), .host)
        case .skip(let reason) where console.lacksProcessor:
            guard let withheld = share.withheld(fromLine: 1, toLine: console.begun.values.min()) else {
                return (outcome, nil)
            }
            return (.unproven(reasons: ["\(reason); a processor did not come up, and \(withheld.words)"]), .host)
        case .unproven where machine.state == .starved: return (outcome, .host)
        case .unproven where console.findings(in: number).contains { !$0.counts }: return (outcome, .host)
        case .unproven where isUnmet: return (outcome, .unmet)
        case .pass, .skip, .fail, .crash, .hang, .lost, .unproven: return (outcome, nil)
        }
    }

    /// What damaged the kernel before the workload began.
    private func deathBefore(_ number: Int) -> ConsoleFinding? {
        guard let begun = console.begun[number] else { return nil }
        return console.counted.first { $0.kind.leavesDamage && $0.headline.line < begun && $0.workload != number }
    }

    /// A death or a lockup on the console decides alone; a complaint turns a pass into a failure.
    private static func outranked(_ outcome: WorkloadOutcome, by findings: [ConsoleFinding]) -> WorkloadOutcome {
        if let finding = findings.first(where: { $0.kind.weight != .complaint })?.headline {
            switch finding.kind.weight {
            case .crash:
                // The warning says more than the panic that the kernel was told to make of it.
                let cause = finding.isPanicOverWarning ? findings[0].headline : finding
                return .crash(reason: cause.words, finding: cause)
            case .hang: return .hang(reason: finding.words, finding: finding)
            case .complaint: break
            }
        }
        let complaints = findings.filter { $0.kind.weight == .complaint }.map {
            "\($0.headline.words) on the console, line \($0.headline.line)"
        }
        guard !complaints.isEmpty else { return outcome }
        switch outcome {
        case .pass, .skip: return .fail(reasons: complaints)
        case .fail(let reasons): return .fail(reasons: reasons + complaints)
        // An unknown outcome stays unknown, but the kernel's complaint is known.
        case .lost(let reason): return .fail(reasons: complaints + [reason])
        case .unproven(let reasons): return .fail(reasons: complaints + reasons)
        case .crash, .hang: return outcome
        }
    }

    private func notes(
        _ number: Int, _ planned: PlannedWorkload, _ status: WorkloadStatus?, _ report: KTAPReport?
    ) -> [String] {
        var notes: [String] = []
        if let seed = report?.seed, seed != planned.seed {
            notes.append("it says that it ran with seed \(seed), and \(planned.seed) was planned")
        }
        if status != nil, console.ended[number] == nil {
            notes.append("its end does not stand on the console")
        }
        return notes
    }
}

// A workload that ended, by its status file.
extension WorkloadJudge {
    private func outcome(
        of planned: PlannedWorkload, number: Int, status: WorkloadStatus, report: KTAPReport?
    ) -> WorkloadOutcome {
        if let contradiction = console.contradictions[number] {
            return .unproven(reasons: ["the console \(contradiction.words)"])
        }
        if let marker = console.ended[number]?.ending, marker != status.ended {
            return contradiction(planned, number, console: marker, file: status.ended)
        }
        if status.isUnkillable {
            let overran = status.ended == .timeout ? "it had not ended after \(status.limit(planned)) s, and " : ""
            return .hang(reason: "\(overran)a process of it could not be killed", finding: nil)
        }
        switch status.ended {
        case .timeout: return Self.timeout(after: status.limit(planned))
        case .signal(let signal): return Self.signal(signal, report)
        case .cannotStart: return .unproven(reasons: [cannotStart(number)])
        case .unclear(let problem): return .unproven(reasons: [problem])
        case .exit(let code): return Self.exit(code, report)
        }
    }

    /// Init wrote two different endings: the worse one counts, but neither if a hang would be the better one.
    private func contradiction(
        _ planned: PlannedWorkload, _ number: Int, console: WorkloadEnding, file: WorkloadEnding
    ) -> WorkloadOutcome {
        for ending in [console, file] {
            switch ending {
            case .timeout where planned.expectation == .pass: return Self.timeout(after: planned.timeoutSeconds)
            case .signal(let signal): return Self.signal(signal, nil)
            case .timeout, .exit, .cannotStart, .unclear: break
            }
        }
        return .unproven(reasons: ["the console and its status file tell different endings"])
    }

    private static func timeout(after seconds: Int) -> WorkloadOutcome {
        .hang(reason: "it had not ended after \(seconds) s", finding: nil)
    }

    private static func signal(_ number: Int, _ report: KTAPReport?) -> WorkloadOutcome {
        let name = signalNames[number].map { " (\($0))" } ?? ""
        return .fail(reasons: ["it was killed by signal \(number)\(name)"] + (report.map(failures) ?? []))
    }

    private static let signalNames = [
        4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV",
        14: "SIGALRM", 15: "SIGTERM", 31: "SIGSYS",
    ]

    private func cannotStart(_ number: Int) -> String {
        let detail = console.ended[number]?.detail ?? ""
        return "init could not start it" + (detail.isEmpty ? "" : ": \(detail)")
    }

    /// All ok or skipped; could not do its work; a condition did not occur: see docs/workloads.md.
    private static let codesOfNoFailure: Set = [0, 2, 3]

    private static func exit(_ code: Int, _ report: KTAPReport?) -> WorkloadOutcome {
        guard let report else {
            return codesOfNoFailure.contains(code)
                ? .unproven(reasons: ["it left no output"])
                : .fail(reasons: ["it ended with exit status \(code) and left no output"])
        }
        let failures = failures(report)
        if !failures.isEmpty {
            return .fail(reasons: failures + (code == 0 ? ["it ended with exit status 0 all the same"] : []))
        }
        if let reason = report.bailOut {
            return .unproven(reasons: ["it bailed out" + (reason.isEmpty ? "" : ": \(reason.bounded(200))")])
        }
        if !report.unmet.isEmpty, code == 0 || code == 3 { return .unproven(reasons: report.unmet) }
        switch code {
        case 0: break
        case 2: return .unproven(reasons: ["it could not do its work (exit status 2)"] + report.problems)
        case 3: return .unproven(reasons: ["it did not meet what it is about, and does not say what (exit status 3)"])
        default: return .fail(reasons: ["it ended with exit status \(code) and no check failed"])
        }
        if !report.problems.isEmpty { return .unproven(reasons: report.problems) }
        if let reason = report.skipReason { return .skip(reason: reason) }
        if report.passed == 0 { return .skip(reason: report.skips.uniqued.joined(separator: "; ")) }
        return .pass
    }

    private static let longestList = 8

    private static func failures(_ report: KTAPReport) -> [String] {
        let failed = report.failed.map { "not ok \($0.number) \($0.text)".trimmed }
        guard failed.count > longestList else { return failed }
        return failed.prefix(longestList) + ["and \(failed.count - longestList) more checks failed"]
    }
}

// A workload without a status file did not end, or its end cannot be read.
extension WorkloadJudge {
    /// Whether nothing is known because of the guest's own trouble; see `WorkloadVerdict`.
    private typealias Unfinished = (outcome: WorkloadOutcome, wentWithMachine: Bool)

    private func withoutStatus(_ number: Int, _ planned: PlannedWorkload, _ report: KTAPReport?) -> Unfinished {
        if let (ending, _, _) = console.ended[number] {
            return (endedOnConsole(number, planned, ending, report), false)
        }
        if console.begun[number] == nil { return neverBegan(number) }
        let silent = (WorkloadOutcome.unproven(reasons: ["it was begun, and nothing says how it ended"]), false)
        guard console.running == number else { return silent }
        switch machine.state {
        case .hung, .stopped:
            return (.hang(reason: "the machine stopped while it ran", finding: machine.finding), false)
        case .panicked, .died: return (.crash(reason: "the machine \(machine.reason)", finding: machine.finding), false)
        case .lost, .neverReachedInit, .initFailed: return (.lost(reason: "the machine \(machine.reason)"), true)
        case .resultsUnreadable, .starved: return (.unproven(reasons: ["the machine \(machine.reason)"]), true)
        case .fine, .warned, .asExpected, .survived, .incomplete: return silent
        }
    }

    /// The console alone can show a failure, but never a pass.
    private func endedOnConsole(
        _ number: Int, _ planned: PlannedWorkload, _ ending: WorkloadEnding, _ report: KTAPReport?
    ) -> WorkloadOutcome {
        let missing =
            if case .unreadable(let reason) = evidence.results {
                "the results disk cannot be read: \(reason.trimmed.bounded(300))"
            } else {
                "it left no status file"
            }
        let failures = report.map(Self.failures) ?? []
        switch ending {
        case .timeout: return Self.timeout(after: planned.timeoutSeconds)
        case .signal(let signal): return Self.signal(signal, report)
        case .exit where !failures.isEmpty: return .fail(reasons: failures + [missing])
        case .cannotStart: return .unproven(reasons: [cannotStart(number)])
        case .exit(let code) where !Self.codesOfNoFailure.contains(code):
            return .fail(reasons: ["it ended with exit status \(code)", missing])
        case .exit, .unclear: return .unproven(reasons: [missing])
        }
    }

    private func neverBegan(_ number: Int) -> Unfinished {
        let silent = (WorkloadOutcome.unproven(reasons: ["it was planned, and nothing says that it ran"]), false)
        if console.isDone || console.begun.keys.contains(where: { $0 > number }) { return silent }
        switch machine.state {
        case .initFailed: return (.unproven(reasons: ["the machine \(machine.reason)"]), true)
        case .panicked, .died, .hung, .lost, .neverReachedInit, .starved, .stopped:
            return (.lost(reason: "the machine \(machine.reason)"), true)
        case .fine, .warned, .asExpected, .survived, .resultsUnreadable, .incomplete: return silent
        }
    }
}
