import Console
import Evidence

/// The rules that turn the boots of a run into one answer; `docs/verdict.md` gives them in words.
struct VerdictRules {
    private let comparison: [Comparison]
    /// The guests of the kernel that the answer is about: patched, or base if only base was booted, or the only kernel
    /// of a run without comparison.
    private let judged: [GuestVerdict]
    /// The guests of the kernel that it is compared with.
    private let other: [GuestVerdict]

    init(base: [GuestVerdict], patched: [GuestVerdict], sole: [GuestVerdict], comparison: [Comparison]) {
        self.comparison = comparison
        judged = [sole, patched, base].first { !$0.isEmpty } ?? []
        // Without the series, nothing in the run was built from the same source.
        other = sole.isEmpty && !patched.isEmpty ? base : []
    }

    var conclusion: Conclusion {
        guard let subject = judged.first?.subject else {
            return Conclusion(answer: .couldNotJudge, reason: "no kernel was booted", failing: [])
        }
        let failures =
            workloadFailures + judged.flatMap(machineFailures) + judged.flatMap(findingFailures)
            + judged.flatMap(leakFailures)
        if !failures.isEmpty {
            return Conclusion(
                answer: .failed, reason: Self.sentence(failures.map(\.words)),
                failing: failures.compactMap(\.workload).uniqued)
        }
        let gaps = gaps(on: subject)
        if !gaps.isEmpty {
            return Conclusion(answer: .couldNotJudge, reason: Self.sentence(gaps), failing: [])
        }
        return Conclusion(answer: .passed, reason: tally(on: subject), failing: [])
    }

    var notes: [String] {
        let alike = other.isEmpty ? [] : judged.flatMap(\.findings).filter(isOnBaseToo)
        return alike.map {
            "\($0.headline.words) on base and patched alike, outside the workloads: reported, not counted"
        }.uniqued + runAgain(other) + runAgain(judged)
    }

    /// The workloads that were inconclusive at first, and why.
    private func runAgain(_ guests: [GuestVerdict]) -> [String] {
        let first = guests.filter { $0.again == nil }.flatMap(\.workloads)
        return Comparison.named(guests).filter { $0.guest.again != nil }.map { name, verdict, guest in
            let again = "\(name) was run again (\(guest.guest.path)), because the first run"
            guard let before = first.first(where: { $0.name == verdict.name && $0.outcome.isUnknown })?.outcome else {
                return "\(again) did not fail as it is known to"
            }
            return "\(again) did not show what it does: \(before.word.rawValue), \(before.reasons.first ?? "")"
        }
    }

    private static let longestSentence = 3

    private static func sentence(_ parts: [String]) -> String {
        let parts = parts.uniqued
        let more = parts.count - longestSentence
        return parts.prefix(longestSentence).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
    }
}

// What was seen to be wrong.
extension VerdictRules {
    private struct Failure {
        let workload: String?
        let words: String
    }

    private var workloadFailures: [Failure] {
        Comparison.named(judged).compactMap { name, verdict, guest in
            let before = Comparison.named(other).first { $0.name == name }?.verdict
            let words =
                if let known = verdict.known {
                    Self.surprise(verdict, known, on: guest)
                } else {
                    Self.failure(verdict, change(of: name), before, on: guest)
                }
            let moved = movement(of: verdict, since: before).map { " (\($0))" } ?? ""
            return words.map { Failure(workload: name, words: "\(name) \($0)\(moved)") }
        }
    }

    /// Nil for a known failure; a known failure that no longer occurs counts as one, because the list of known failures
    /// is then wrong.
    private static func surprise(_ verdict: WorkloadVerdict, _ known: KnownFinding, on guest: GuestVerdict) -> String? {
        guard verdict.outcome == .pass else { return nil }
        return "passes on \(guest.subject) though it is known to fail there (\(known.reason)); "
            + "run it again; if it passes again, take it off known-findings in the target's description"
    }

    private func change(of name: String) -> Change? { comparison.first { $0.workload == name }?.change }

    private static func failure(
        _ verdict: WorkloadVerdict, _ change: Change?, _ base: WorkloadVerdict?, on judged: GuestVerdict
    ) -> String? {
        let before = base?.outcome
        let place = judged.subject == .asIs ? " as-is" : before == nil ? "" : " on patched"
        let reason = verdict.outcome.reasons.first.map { " (\($0.bounded(120)))" } ?? ""
        switch verdict.outcome {
        case .fail where verdict.failsByLeakAlone:
            return verdict.leaks(beyond: base).first.map { "fails\(place) (\($0.words))\(contrast(before))" }
        case .fail: return "fails\(place)\(reason)\(contrast(before))"
        case .crash: return "crashes\(place)\(reason)\(contrast(before))"
        case .hang: return "hangs\(place)\(reason)\(contrast(before))"
        case .skip: return change == .noLongerRuns ? "no longer runs on patched\(reason)\(contrast(before))" : nil
        case .pass: return change == .noLongerRuns ? "skips checks on patched that pass on base" : nil
        case .unproven:
            // Base shows that the workload can be proven here. If too little is known of a guest, nothing in it can be.
            guard before == .pass, verdict.doubt == nil, !judged.machine.state.isUnknown else { return nil }
            return "is unproven on patched\(reason) and passes on base"
        case .lost: return nil
        }
    }

    /// Whether the kernel's report against the workload is one that base makes elsewhere.
    private func movement(of verdict: WorkloadVerdict, since before: WorkloadVerdict?) -> String? {
        guard verdict.outcome.isFailure, !other.isEmpty else { return nil }
        let decisive = verdict.findings.filter { finding in
            finding.counts
                && (verdict.outcome.finding.map { $0 == finding.headline } ?? (finding.kind.weight == .complaint))
        }
        // First in the same workload.
        let base = (before?.findings ?? []) + other.flatMap(\.allFindings)
        return decisive.lazy.compactMap { MovedReport($0, from: base, present: judged)?.words }.first
    }

    private static func contrast(_ before: WorkloadOutcome?) -> String {
        switch before {
        case nil: ""
        case .pass: " and passes on base"
        case .fail: ", and fails on base too"
        case .crash: ", and crashes on base too"
        case .hang: ", and hangs on base too"
        case .skip: ", and is skipped on base"
        case .lost, .unproven: "; base does not show what it does there"
        }
    }

    private func machineFailures(_ judged: GuestVerdict) -> [Failure] {
        guard !diedInOneBootOfMany(judged) else { return [] }
        let machine = judged.machine
        let before = counterpart(of: judged)?.machine.state
        let fails =
            switch machine.state {
            // Without a base that reached init, a wrong configuration or a slow host would look the same; a kernel that
            // booted another time can boot.
            case .neverReachedInit:
                judged.again == nil && before.map { !$0.isUnknown } ?? false
                    && !self.judged.contains(where: \.machine.state.isComplete)
            case .survived, .panicked, .died, .hung: true
            // If base's disk is held too, the patches are not to blame, and nothing is missing.
            case .heldDisk: before != .heldDisk
            // If the kernel reported nothing, the workload's verdict already says everything.
            case .stopped: machine.finding != nil
            case .fine, .warned, .asExpected, .initFailed, .lost, .resultsUnreadable, .incomplete, .starved: false
            }
        guard fails, !isToldByWorkload(judged), !Self.failsAsKnown(judged) else { return [] }
        let same = before == machine.state ? ", and so on base" : ""
        return [Failure(workload: nil, words: "the \(judged.guest) machine \(machine.reason)\(same)")]
    }

    /// The guest that ran the same plan on the kernel that is compared with.
    private func counterpart(of guest: GuestVerdict) -> GuestVerdict? { other.first { $0.alone == guest.alone } }

    /// Whether the guest shows a known failure of its kernel; what the guest does after it belongs to that failure.
    private static func failsAsKnown(_ guest: GuestVerdict) -> Bool {
        guest.workloads.contains { $0.known != nil && $0.outcome.isFailure }
    }

    /// Whether a workload's own failure already says why the guest ended.
    private func isToldByWorkload(_ judged: GuestVerdict) -> Bool {
        judged.workloads.contains { verdict in
            switch verdict.outcome {
            case .crash, .hang:
                judged.machine.finding == nil || verdict.findings.contains { $0.headline == judged.machine.finding }
            case .pass, .fail, .skip, .lost, .unproven: false
            }
        }
    }

    /// Whether it died before init although the same kernel booted another time. Base was booted less often, so it is
    /// not known whether base does that too.
    private func diedInOneBootOfMany(_ guest: GuestVerdict) -> Bool {
        let guests = guest.subject == judged.first?.subject ? judged : other
        return guest.machine.state.isFailure && guest.workloads.allSatisfy { $0.outcome.word == .lost }
            && !guest.workloads.isEmpty && guest.findings.contains { $0.place == .boot }
            && guests.contains(where: \.machine.state.isComplete)
    }

    private func findingFailures(_ judged: GuestVerdict) -> [Failure] {
        guard !diedInOneBootOfMany(judged) else { return [] }
        // The workload did not cause what came before it.
        let findings = Self.failsAsKnown(judged) ? judged.findings.filter { $0.place == .boot } : judged.findings
        return findings.filter { $0.counts && !isOnBaseToo($0) }.map { finding in
            let headline = finding.headline
            let known = other.flatMap(\.findings).contains { $0.signature == finding.signature }
            let moved = MovedReport(finding, from: other.flatMap(\.allFindings), present: self.judged)
            let contrast =
                other.isEmpty
                ? "" : known ? ", and on base too" : moved.map { ", and \($0.words)" } ?? ", and not on base"
            return Failure(
                workload: nil,
                words: "\(headline.words) on the \(judged.guest) console outside the workloads,"
                    + " line \(headline.line)\(contrast)")
        }
    }

    /// What all workloads of a guest together left behind, unless one of them is told to have left it.
    private func leakFailures(_ judged: GuestVerdict) -> [Failure] {
        guard !Self.failsAsKnown(judged) else { return [] }
        let told = judged.workloads.flatMap { $0.leaks ?? [] }.map(\.cache)
        let before = counterpart(of: judged)?.leavings
        return (judged.leaks ?? []).filter { !told.contains($0.cache) && before?.shows($0) != true }.map {
            let contrast = before == nil ? "" : ", and not on base"
            return Failure(workload: nil, words: "\($0.words) after all workloads of \(judged.guest)\(contrast)")
        }
    }

    /// Whether base makes the same complaint, so that the patches are not to blame; a death or a lockup always counts.
    private func isOnBaseToo(_ finding: ConsoleFinding) -> Bool {
        guard finding.kind.weight == .complaint else { return false }
        return other.flatMap(\.findings).contains { $0.signature == finding.signature }
    }
}

// What was not seen.
extension VerdictRules {
    private func gaps(on subject: Subject) -> [String] {
        if judged.allSatisfy(\.workloads.isEmpty) { return ["no workload was planned"] }
        var gaps: [String] = []
        for guest in judged where diedInOneBootOfMany(guest) {
            gaps.append(
                "the \(guest.guest) machine \(guest.machine.reason), in one of \(judged.count) boots; --repeat says how "
                    + "often, and whether base does it too")
        }
        for guest in judged + other where guest.machine.state.isUnknown && !isMadeUp(guest) {
            let taken = Comparison.named([guest]).filter { Self.isTakenByMachine($0.verdict, guest) }.map(\.name)
            let names = taken.isEmpty ? "" : " (and with it \(taken.joined(separator: ", ")))"
            gaps.append("the \(guest.guest) machine \(guest.machine.reason)\(names)")
        }
        gaps += Comparison.named(judged).compactMap { name, verdict, guest in
            guard verdict.outcome.isUnknown, !Self.isTakenByMachine(verdict, guest) else { return nil }
            return "\(name) is \(verdict.outcome.word.rawValue) on \(subject): \(verdict.outcome.reasons.first ?? "")"
        }
        gaps += gapsOfBase
        let outcomes = Comparison.named(judged).map(\.verdict.outcome)
        if gaps.isEmpty, outcomes.allSatisfy({ $0.word == .skip }) {
            let reasons = outcomes.flatMap(\.reasons).uniqued
            gaps.append("every workload is skipped on \(subject): \(reasons.prefix(2).joined(separator: "; "))")
        }
        return gaps
    }

    /// Whether another guest has shown everything that this one left unfinished.
    private func isMadeUp(_ guest: GuestVerdict) -> Bool {
        let guests = guest.subject == judged.first?.subject ? judged : other
        guard [.lost, .starved, .neverReachedInit].contains(guest.machine.state),
            let place = guests.firstIndex(of: guest),
            guests[(place + 1)...].contains(where: { $0.again != nil })
        else {
            return false
        }
        return !Comparison.named(guests).contains { $0.guest == guest && $0.verdict.outcome.isUnknown }
    }

    /// Whether the guest's own trouble is why nothing is known of the workload.
    private static func isTakenByMachine(_ verdict: WorkloadVerdict, _ guest: GuestVerdict) -> Bool {
        guest.machine.state.isUnknown && verdict.outcome.isUnknown && verdict.wentWithMachine
    }

    /// The workloads that base must show and does not, unless base itself died before them.
    private var gapsOfBase: [String] {
        guard !other.isEmpty else { return [] }
        let before = Comparison.named(other)
        var gaps = before.compactMap { name, verdict, guest -> String? in
            guard case .unproven(let reasons) = verdict.outcome, !Self.isTakenByMachine(verdict, guest) else {
                return nil
            }
            return "\(name) is unproven on base: \(reasons.first ?? "")"
        }
        for (name, verdict, guest) in Comparison.named(judged) where guest.alone == nil {
            let known = before.first { $0.name == name }?.verdict.outcome
            if known == nil {
                gaps.append("\(name) was not planned on base")
            } else if case .lost = known, verdict.outcome.word == .skip {
                gaps.append("\(name) is skipped on patched and lost on base")
            }
        }
        for (name, _, _) in before where !comparison.contains(where: { $0.workload == name && $0.patched != nil }) {
            gaps.append("\(name) was planned on base and not on patched")
        }
        return gaps
    }

    /// What passed, in one sentence.
    private func tally(on subject: Subject) -> String {
        let workloads = Comparison.named(judged)
        let passed = workloads.count { $0.verdict.outcome.word == .pass }
        let skipped = workloads.count { $0.verdict.outcome.word == .skip }
        let known = workloads.filter { $0.verdict.known != nil && $0.verdict.outcome.isFailure }.map(\.name)
        let place = subject == .asIs ? "as-is" : "on \(subject)"
        var parts = ["\(passed) of \(workloads.count) workloads pass \(place)"]
        if skipped > 0 { parts.append("\(skipped) skipped") }
        if !known.isEmpty { parts.append("known to fail, and failing: \(known.joined(separator: ", "))") }
        // None of them leaks more than on base, or it would have failed.
        let leaking = workloads.filter(\.verdict.failsByLeakAlone).map(\.name)
        if !leaking.isEmpty { parts.append("leaking as on base: \(leaking.joined(separator: ", "))") }
        for change in [Change.fixed, .nowRuns, .unknown] {
            let names = comparison.filter { $0.change == change }.map(\.workload)
            if !names.isEmpty { parts.append("\(Self.words(change)): \(names.joined(separator: ", "))") }
        }
        if subject == .asIs {
            parts.append("the tree has what the series brings, so there is no base")
        } else if subject.isMutant {
            parts.append("what it is a mutant of was booted in another run")
        } else if other.isEmpty {
            let missing: Subject = subject == .base ? .patched : .base
            parts.append("\(missing) was not booted, so nothing was compared")
        } else {
            for guest in other where guest.machine.state.isFailure {
                parts.append("the \(guest.guest) machine \(guest.machine.reason)")
            }
        }
        return parts.joined(separator: "; ")
    }

    private static func words(_ change: Change) -> String {
        switch change {
        case .fixed: "fixed"
        case .nowRuns: "now runs"
        case .unknown: "not known on base"
        case .same, .broken, .noLongerRuns, .differs: change.words
        }
    }
}
