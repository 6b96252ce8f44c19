import Evidence

/// The rules that turn the boots of a run into one answer; `docs/verdict.md` gives them in words.
struct VerdictRules {
    private let comparison: [Comparison]
    /// The kernel the answer is about: patched, or base where only that was booted, or the one that is tested as it is.
    private let judged: GuestVerdict?
    /// What the judged kernel is compared with.
    private let other: GuestVerdict?

    init(base: GuestVerdict?, patched: GuestVerdict?, asIs: GuestVerdict?, comparison: [Comparison]) {
        self.comparison = comparison
        judged = asIs ?? patched ?? base
        // Nothing in the run was built of the same source without the series.
        other = asIs == nil && patched != nil ? base : nil
    }

    var conclusion: Conclusion {
        guard let judged else { return Conclusion(answer: .couldNotJudge, reason: "no kernel was booted", failing: []) }
        let failures = workloadFailures(judged) + machineFailures(judged) + findingFailures(judged)
        if !failures.isEmpty {
            return Conclusion(
                answer: .failed, reason: Self.sentence(failures.map(\.words)),
                failing: failures.compactMap(\.workload).uniqued)
        }
        let gaps = gaps(judged)
        if !gaps.isEmpty {
            return Conclusion(answer: .couldNotJudge, reason: Self.sentence(gaps), failing: [])
        }
        return Conclusion(answer: .passed, reason: tally(judged), failing: [])
    }

    var notes: [String] {
        guard let judged, other != nil else { return [] }
        return judged.findings.filter(isOnBaseToo).map {
            "\($0.headline.words) on base and patched alike, outside the workloads: reported, not counted"
        }.uniqued
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

    private func workloadFailures(_ judged: GuestVerdict) -> [Failure] {
        Comparison.named(judged).compactMap { name, verdict in
            let before = Comparison.named(other).first { $0.name == name }?.verdict.outcome
            guard let words = Self.failure(verdict, change(of: name), before, on: judged) else {
                return nil
            }
            return Failure(workload: name, words: "\(name) \(words)")
        }
    }

    private func change(of name: String) -> Change? { comparison.first { $0.workload == name }?.change }

    private static func failure(
        _ verdict: WorkloadVerdict, _ change: Change?, _ before: WorkloadOutcome?, on judged: GuestVerdict
    ) -> String? {
        let place = judged.subject == .asIs ? " as-is" : before == nil ? "" : " on patched"
        let reason = verdict.outcome.reasons.first.map { " (\($0.bounded(120)))" } ?? ""
        switch verdict.outcome {
        case .fail: return "fails\(place)\(reason)\(contrast(before))"
        case .crash: return "crashes\(place)\(reason)\(contrast(before))"
        case .hang: return "hangs\(place)\(reason)\(contrast(before))"
        case .skip: return change == .noLongerRuns ? "no longer runs on patched\(reason)\(contrast(before))" : nil
        case .pass: return change == .noLongerRuns ? "skips checks on patched that pass on base" : nil
        case .unproven:
            // Base shows that the workload can be proven here; on a machine of which too little is known, neither can.
            guard before == .pass, !judged.machine.state.isUnknown else { return nil }
            return "is unproven on patched\(reason) and passes on base"
        case .lost: return nil
        }
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
        let machine = judged.machine
        let fails =
            switch machine.state {
            // Without a base that got there, a wrong configuration or a slow host would look the same.
            case .neverReachedInit: other.map { !$0.machine.state.isUnknown } ?? false
            case .survived, .panicked, .died, .hung: true
            case .fine, .warned, .initFailed, .lost, .resultsUnreadable, .incomplete: false
            }
        guard fails, !isToldByWorkload(judged) else { return [] }
        let same = other?.machine.state == machine.state ? ", and so on base" : ""
        return [Failure(workload: nil, words: "the \(judged.subject) machine \(machine.reason)\(same)")]
    }

    /// A workload's own failure already says why the machine went down.
    private func isToldByWorkload(_ judged: GuestVerdict) -> Bool {
        judged.workloads.contains { verdict in
            switch verdict.outcome {
            case .crash, .hang:
                judged.machine.finding == nil || verdict.findings.contains { $0.headline == judged.machine.finding }
            case .pass, .fail, .skip, .lost, .unproven: false
            }
        }
    }

    private func findingFailures(_ judged: GuestVerdict) -> [Failure] {
        judged.findings.filter { !isOnBaseToo($0) }.map { finding in
            let headline = finding.headline
            let known = other?.findings.contains { $0.headline.signature == headline.signature } ?? false
            let contrast = other == nil ? "" : known ? ", and on base too" : ", and not on base"
            return Failure(
                workload: nil,
                words: "\(headline.words) on the \(judged.subject) console outside the workloads,"
                    + " line \(headline.line)\(contrast)")
        }
    }

    /// A complaint that base makes alike is not the patches' doing; a death or a lockup counts wherever it happens.
    private func isOnBaseToo(_ finding: ConsoleFinding) -> Bool {
        guard finding.kind.weight == .complaint, let other else { return false }
        return other.findings.contains { $0.headline.signature == finding.headline.signature }
    }
}

// What was not seen.
extension VerdictRules {
    private func gaps(_ judged: GuestVerdict) -> [String] {
        if judged.workloads.isEmpty { return ["no workload was planned"] }
        var gaps: [String] = []
        for guest in [judged, other].compactMap({ $0 }) where guest.machine.state.isUnknown {
            let taken = Comparison.named(guest).filter { Self.isTakenByMachine($0.verdict, guest) }.map(\.name)
            let names = taken.isEmpty ? "" : " (and with it \(taken.joined(separator: ", ")))"
            gaps.append("the \(guest.subject) machine \(guest.machine.reason)\(names)")
        }
        gaps += Comparison.named(judged).compactMap { name, verdict in
            guard verdict.outcome.isUnknown, !Self.isTakenByMachine(verdict, judged) else { return nil }
            return
                "\(name) is \(verdict.outcome.word.rawValue) on \(judged.subject): \(verdict.outcome.reasons.first ?? "")"
        }
        gaps += gapsOfBase(judged)
        if gaps.isEmpty, judged.workloads.allSatisfy({ $0.outcome.word == .skip }) {
            let reasons = judged.workloads.flatMap(\.outcome.reasons).uniqued
            gaps.append("every workload is skipped on \(judged.subject): \(reasons.prefix(2).joined(separator: "; "))")
        }
        return gaps
    }

    /// The machine's own trouble is why nothing is known of the workload.
    private static func isTakenByMachine(_ verdict: WorkloadVerdict, _ guest: GuestVerdict) -> Bool {
        guest.machine.state.isUnknown && verdict.outcome.isUnknown
            && verdict.outcome.reasons.contains { $0.hasSuffix(guest.machine.reason) }
    }

    /// What is missing on base is needed, unless base itself went down and took it along.
    private func gapsOfBase(_ judged: GuestVerdict) -> [String] {
        guard let other else { return [] }
        let before = Comparison.named(other)
        var gaps = before.compactMap { name, verdict -> String? in
            guard case .unproven(let reasons) = verdict.outcome, !Self.isTakenByMachine(verdict, other) else {
                return nil
            }
            return "\(name) is unproven on base: \(reasons.first ?? "")"
        }
        for (name, verdict) in Comparison.named(judged) {
            let known = before.first { $0.name == name }?.verdict.outcome
            if known == nil {
                gaps.append("\(name) was not planned on base")
            } else if case .lost = known, verdict.outcome.word == .skip {
                gaps.append("\(name) is skipped on patched and lost on base")
            }
        }
        for (name, _) in before where !comparison.contains(where: { $0.workload == name && $0.patched != nil }) {
            gaps.append("\(name) was planned on base and not on patched")
        }
        return gaps
    }

    /// What passed, in one sentence.
    private func tally(_ judged: GuestVerdict) -> String {
        let passed = judged.workloads.count { $0.outcome.word == .pass }
        let skipped = judged.workloads.count { $0.outcome.word == .skip }
        let place = judged.subject == .asIs ? "as-is" : "on \(judged.subject)"
        var parts = ["\(passed) of \(judged.workloads.count) workloads pass \(place)"]
        if skipped > 0 { parts.append("\(skipped) skipped") }
        for change in [Change.fixed, .nowRuns, .unknown] {
            let names = comparison.filter { $0.change == change }.map(\.workload)
            if !names.isEmpty { parts.append("\(Self.words(change)): \(names.joined(separator: ", "))") }
        }
        if judged.subject == .asIs {
            parts.append("the tree has what the series brings, so there is no base")
        } else if other == nil {
            let missing: Subject = judged.subject == .base ? .patched : .base
            parts.append("\(missing) was not booted, so nothing was compared")
        } else if let machine = other?.machine, machine.state.isFailure {
            parts.append("the base machine \(machine.reason)")
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
