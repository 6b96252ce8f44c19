import Evidence

/// What a pipeline reports to its observers.
package struct StageEvent: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case began
        /// What the compiler, the tool or the guest is doing now.
        case now(String)
        /// `summary` is one line for people; `reused` says that nothing had to be done.
        case ended(summary: String, seconds: Double, reused: Bool)
        case failed(seconds: Double)
    }

    package let stage: Stage
    /// Nil for a stage that serves all kernels.
    package let guest: GuestName?
    /// The name of the mutant that it is about.
    package let mutant: String?
    package let kind: Kind

    package init(stage: Stage, guest: GuestName?, mutant: String?, kind: Kind) {
        self.stage = stage
        self.guest = guest
        self.mutant = mutant
        self.kind = kind
    }

    /// For people: `boot mutant no-rmap`.
    package var name: String {
        [stage.rawValue, guest?.subject.rawValue, guest?.again.map { "again-\($0)" }, mutant, guest?.alone]
            .compactMap(\.self).joined(separator: " ")
    }

    /// Whether the stage goes on after this event.
    package var isUnderWay: Bool {
        switch kind {
        case .began, .now: true
        case .ended, .failed: false
        }
    }
}
