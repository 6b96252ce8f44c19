/// What a workload must do for its claim to hold.
package enum Expectation: Sendable, Equatable {
    /// Every check of its KTAP output is `ok`, and it exits with status 0.
    case pass
    /// The kernel's first report of trouble is of one of these kinds, and in one of these functions.
    case death(kinds: [FindingKind], functions: [String])
    /// The workload never returns, and the console shows a task that is stuck below one of these functions.
    case hang(functions: [String])
}

extension Expectation: Codable {
    private struct Fatal: Codable {
        var death: [FindingKind]?
        var hang: Bool?
        let at: [String]

        init(death: [FindingKind]? = nil, hang: Bool? = nil, at: [String]) {
            self.death = death
            self.hang = hang
            self.at = at
        }

        /// A single kind may be written without the brackets of a list.
        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            let one = try? values.decodeIfPresent(FindingKind.self, forKey: .death)
            death = try one.map { [$0] } ?? values.decodeIfPresent([FindingKind].self, forKey: .death)
            hang = try values.decodeIfPresent(Bool.self, forKey: .hang)
            at = try values.decode([String].self, forKey: .at)
        }
    }

    /// `pass`, `{"death": ["bug"], "at": ["mm_take_all_locks"]}` or `{"hang": true, "at": ["mm_take_all_locks"]}`.
    package init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == "pass" else {
                throw Self.malformed("expect is \(word); it must be pass, a death or a hang", decoder)
            }
            self = .pass
            return
        }
        let fatal = try Fatal(from: decoder)
        guard !fatal.at.isEmpty else { throw Self.malformed("at names no function", decoder) }
        switch (fatal.death, fatal.hang) {
        case (let kinds?, nil) where !kinds.isEmpty: self = .death(kinds: kinds, functions: fatal.at)
        case (nil, true): self = .hang(functions: fatal.at)
        default: throw Self.malformed("it must have either death, a list of kinds, or hang: true", decoder)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .pass:
            var container = encoder.singleValueContainer()
            try container.encode("pass")
        case .death(let kinds, let functions): try Fatal(death: kinds, at: functions).encode(to: encoder)
        case .hang(let functions): try Fatal(hang: true, at: functions).encode(to: encoder)
        }
    }

    private static func malformed(_ reason: String, _ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
    }
}
