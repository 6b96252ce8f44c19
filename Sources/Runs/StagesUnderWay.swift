/// The stages that have begun and not ended; the last is the one that was last heard of.
package struct StagesUnderWay: Sendable {
    package struct Line: Sendable, Equatable {
        /// The stage's subject, such as `boot mutant no-rmap`.
        package let name: String
        package let began: ContinuousClock.Instant
        /// What it does now; empty if it did not say.
        package fileprivate(set) var now = ""
    }

    private var lines: [Line] = []

    package init() {}

    /// The stage that was last heard of; nil if none runs.
    package var latest: Line? { lines.last }

    package mutating func take(_ event: StageEvent, at time: ContinuousClock.Instant) {
        let place = lines.lastIndex { $0.name == event.name }
        switch event.kind {
        case .began: lines.append(Line(name: event.name, began: time))
        case .now(let text):
            guard let place else { return }
            var line = lines.remove(at: place)
            line.now = text
            lines.append(line)
        case .ended, .failed:
            if let place { lines.remove(at: place) }
        }
    }
}
