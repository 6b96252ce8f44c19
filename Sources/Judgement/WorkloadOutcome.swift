import Console

/// What happened to one planned workload.
package enum WorkloadOutcome: Sendable, Equatable {
    /// Every planned check was made and is ok, the exit status is 0, and the kernel reported nothing against it.
    case pass
    case fail(reasons: [String])
    case skip(reason: String)
    /// The kernel died while it ran, or reported that its own state is broken; the finding is nil if the guest ended
    /// without a message.
    case crash(reason: String, finding: FindingHeadline?)
    /// The workload, or the kernel while it ran, stopped.
    case hang(reason: String, finding: FindingHeadline?)
    /// The guest was gone before the workload could end, and the workload did not cause that.
    case lost(reason: String)
    /// The evidence does not show a result.
    case unproven(reasons: [String])

    /// The outcome in one word.
    package enum Word: String, Codable, Sendable, CaseIterable {
        case pass, fail, skip, crash, hang, lost, unproven
    }

    package var word: Word {
        switch self {
        case .pass: .pass
        case .fail: .fail
        case .skip: .skip
        case .crash: .crash
        case .hang: .hang
        case .lost: .lost
        case .unproven: .unproven
        }
    }

    /// Why it is not a pass; empty for a pass.
    package var reasons: [String] {
        switch self {
        case .pass: []
        case .fail(let reasons), .unproven(let reasons): reasons
        case .skip(let reason), .crash(let reason, _), .hang(let reason, _), .lost(let reason): [reason]
        }
    }

    /// The finding on the console that decided it.
    package var finding: FindingHeadline? {
        switch self {
        case .crash(_, let finding), .hang(_, let finding): finding
        case .pass, .fail, .skip, .lost, .unproven: nil
        }
    }

    /// Whether the kernel or the workload was seen to do wrong.
    package var isFailure: Bool {
        switch self {
        case .fail, .crash, .hang: true
        case .pass, .skip, .lost, .unproven: false
        }
    }

    /// Whether nothing is known of what the workload would have shown.
    package var isUnknown: Bool {
        switch self {
        case .lost, .unproven: true
        case .pass, .fail, .skip, .crash, .hang: false
        }
    }
}

extension WorkloadOutcome: Codable {
    private struct Record: Codable {
        let `is`: Word
        let reasons: [String]
        let finding: FindingHeadline?
    }

    package init(from decoder: any Decoder) throws {
        let record = try Record(from: decoder)
        let reason = record.reasons.first ?? ""
        self =
            switch record.is {
            case .pass: .pass
            case .fail: .fail(reasons: record.reasons)
            case .skip: .skip(reason: reason)
            case .crash: .crash(reason: reason, finding: record.finding)
            case .hang: .hang(reason: reason, finding: record.finding)
            case .lost: .lost(reason: reason)
            case .unproven: .unproven(reasons: record.reasons)
            }
    }

    package func encode(to encoder: any Encoder) throws {
        try Record(is: word, reasons: reasons, finding: finding).encode(to: encoder)
    }
}
