import Evidence
import Judgement

/// A verdict as KTAP version 1: one line for each workload of the kernel that was judged.
package enum KTAPOutput {
    package static func text(_ verdict: Verdict) -> String {
        if verdict.guests.isEmpty { return "KTAP version 1\nBail out! \(verdict.conclusion.reason)\n" }
        let workloads = Comparison.named(verdict.judged)
        var lines = ["KTAP version 1", "1..\(workloads.count)"]
        for (number, (name, workload, _)) in workloads.enumerated() {
            let isFailing = verdict.conclusion.failing.contains(name)
            for reason in workload.outcome.reasons where workload.outcome.word != .skip {
                lines.append("# \(name): \(workload.outcome.word.rawValue): \(reason)")
            }
            switch workload.outcome {
            case .pass where !isFailing: lines.append("ok \(number + 1) \(name)")
            case .fail where !isFailing && workload.known != nil, .crash where !isFailing && workload.known != nil,
                .hang where !isFailing && workload.known != nil:
                lines.append("not ok \(number + 1) \(name) # TODO known: \(workload.known?.reason ?? "")")
            case .skip(let reason) where !isFailing: lines.append("ok \(number + 1) \(name) # SKIP \(reason)")
            case .pass, .skip, .fail, .crash, .hang, .lost, .unproven: lines.append("not ok \(number + 1) \(name)")
            }
        }
        switch verdict.conclusion.answer {
        case .passed: lines.append("# passed: \(verdict.conclusion.reason)")
        case .failed: lines.append("# failed: \(verdict.conclusion.reason)")
        case .couldNotJudge: lines.append("Bail out! \(verdict.conclusion.reason)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
