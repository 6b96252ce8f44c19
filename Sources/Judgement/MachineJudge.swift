import Console
import Evidence

/// Judges the guest as a whole; what the kernel said outranks how the guest ended.
struct MachineJudge {
    let evidence: BootEvidence
    let console: ConsoleReading
    let share: HostShare

    var outcome: MachineOutcome {
        fatal ?? unfinished ?? unreadable ?? held ?? complained ?? MachineOutcome(.fine)
    }

    private func first(_ weight: FindingKind.Weight) -> FindingHeadline? {
        console.counted.first { $0.kind.weight == weight }?.headline
    }

    /// What the kernel did wrong, by its own reports.
    private var fatal: MachineOutcome? {
        if let panic = console.counted.first(where: { $0.kind == .panic })?.headline {
            // The report that led to the panic says more than the panic.
            let cause =
                console.counted.first { $0.kind.weight != .complaint && !$0.headline.isPanicOverWarning }?.headline
                ?? (panic.isPanicOverWarning ? console.counted.first?.headline : nil) ?? panic
            return MachineOutcome(
                .panicked, "panicked: \(panic.text.after("not syncing: ") ?? panic.text)", finding: cause)
        }
        let stuck = first(.hang)
        let broken = first(.crash)
        guard let finding = [broken, stuck].compactMap({ $0 }).min(by: { $0.line < $1.line }) else { return nil }
        if let number = console.stoppedAt { return stopped(after: number, finding: finding) }
        if console.isDone, !overran {
            return MachineOutcome(.survived, "reported trouble and lived on: \(finding.words)", finding: finding)
        }
        return finding == stuck
            ? MachineOutcome(.hung, "hung: \(finding.words)", finding: finding)
            : MachineOutcome(.died, "did not come to its end after: \(finding.words)", finding: finding)
    }

    private var overran: Bool {
        if case .destroyedAtDeadline = evidence.boot.ending { true } else { false }
    }

    /// What the guest left undone, and who is to blame.
    private var unfinished: MachineOutcome? {
        if case .lost(let reason) = evidence.boot.ending {
            return MachineOutcome(.lost, "was lost: \(reason.bounded(300))")
        }
        if case .hostInterference(let interference) = evidence.boot.ending {
            return MachineOutcome(.lost, "was lost: \(interference.words)")
        }
        if let what = console.initFailure {
            return MachineOutcome(.initFailed, "could not be used: init failed: \(what)")
        }
        guard console.reachedInit else { return starvedInBoot ?? neverReachedInit }
        if console.initLines.count > 1 {
            return MachineOutcome(.died, "started over by itself: init began again at line \(console.initLines[1])")
        }
        if let begun = console.bannerLines.first(where: { $0 > console.initLines.first ?? .max }) {
            return MachineOutcome(.died, "started over by itself: the kernel began again at line \(begun)")
        }
        if let number = console.stoppedAt { return stopped(after: number) }
        switch evidence.boot.ending {
        case .crashed: return MachineOutcome(.died, "was reported as crashed, and its console does not say why")
        case .destroyedAfterFatalConsole:
            if let finding = console.findings.last, let withheld = finding.withheld {
                return MachineOutcome(
                    .starved, "was given up after a \(finding.headline.words), and \(withheld.words)",
                    finding: finding.headline)
            }
            return MachineOutcome(
                .died, "was stopped for what its console said, and the catalogue knows no line of it")
        case .consoleFlooded(let limit):
            // What drydock knows of its output has been judged; the rest says nothing.
            return MachineOutcome(
                .incomplete, "was stopped: its console had more than \(limit >> 20) MiB; read its end")
        case .destroyedAtDeadline(let limit): return hung(limit)
        case .neverReachedInit(let limit): return hung(limit)
        case .poweredOff, .lost, .hostInterference: break
        }
        guard !console.isDone else { return nil }
        if let running = console.running {
            return MachineOutcome(.died, "left without a word while \(name(running)) ran")
        }
        return MachineOutcome(.incomplete, "left without saying that it was done")
    }

    /// Whether the host is to blame that the guest stopped.
    private var starvedInBoot: MachineOutcome? {
        guard let finding = console.findings.last, let withheld = finding.withheld else {
            return nil
        }
        return MachineOutcome(
            .starved, "stopped at a \(finding.headline.words), and \(withheld.words)", finding: finding.headline)
    }

    private var neverReachedInit: MachineOutcome {
        switch evidence.boot.ending {
        case .neverReachedInit(let limit), .destroyedAtDeadline(let limit):
            if let withheld = share.withheld(inLast: evidence.boot.seconds) {
                return MachineOutcome(.starved, "never reached init within \(limit) s, and \(withheld.words)")
            }
            return MachineOutcome(.neverReachedInit, "never reached init within \(limit) s; \(lastLine)")
        case .poweredOff, .crashed, .destroyedAfterFatalConsole, .consoleFlooded, .lost, .hostInterference:
            return MachineOutcome(.neverReachedInit, "ended and had never reached init; \(lastLine)")
        }
    }

    /// How far the kernel came, for people who cannot read the console, such as readers of CI's log.
    private var lastLine: String {
        console.lastLine.map { "the last line of its console is \"\($0.bounded(120))\"" } ?? "its console is empty"
    }

    private func stopped(after number: Int, finding: FindingHeadline? = nil) -> MachineOutcome {
        let words = "was stopped after \(name(number)), a process of which could not be killed"
        if finding == nil, let withheld = share.withheld(fromLine: console.begun[number] ?? 1, toLine: nil) {
            return MachineOutcome(.starved, "\(words), and \(withheld.words)")
        }
        return MachineOutcome(.stopped, words, finding: finding)
    }

    private func hung(_ limit: Int) -> MachineOutcome {
        let place =
            if console.isDone {
                "after it had said that it was done"
            } else if let running = console.running {
                "in \(name(running))"
            } else {
                "while no workload ran"
            }
        let words = "did not end within \(limit) s: it stopped \(place)"
        // The limit does not count what the host kept from the guest, but two CPUs that wait for each other lose more
        // than that.
        let kept =
            console.doneLine.map { share.withheld(fromLine: $0, toLine: nil) } ?? share.withheld(inLast: Double(limit))
        if let withheld = kept {
            return MachineOutcome(.starved, "\(words), and \(withheld.words)")
        }
        return MachineOutcome(.hung, words)
    }

    private var unreadable: MachineOutcome? {
        switch evidence.results {
        case .unreadable(let reason):
            return MachineOutcome(
                .resultsUnreadable, "left a results disk that cannot be read: \(reason.trimmed.bounded(300))")
        case .read(let files):
            let planned = evidence.plan.workloads.count
            if let count = console.otherCount {
                return MachineOutcome(.incomplete, "ran a plan of \(count) workloads where \(planned) were planned")
            }
            guard let status = files["init.status"].flatMap({ InitStatus($0) }) else {
                return MachineOutcome(.incomplete, "left no init.status, which init writes last")
            }
            guard status.isComplete, status.workloads == planned else {
                let count = status.workloads.map { "\($0)" } ?? "no number of"
                return MachineOutcome(
                    .incomplete, "left an init.status for \(count) workloads where \(planned) were planned")
            }
            return nil
        }
    }

    /// By then every process is dead, and everything is written.
    private var held: MachineOutcome? {
        guard console.heldDisk else { return nil }
        return MachineOutcome(.heldDisk, "could not unmount its results disk: something in its kernel still uses it")
    }

    private var complained: MachineOutcome? {
        first(.complaint).map { MachineOutcome(.warned, "complained: \($0.words)", finding: $0) }
    }

    private func name(_ number: Int) -> String {
        evidence.plan.workloads.indices.contains(number - 1)
            ? evidence.plan.workloads[number - 1].name : "workload \(number)"
    }
}
