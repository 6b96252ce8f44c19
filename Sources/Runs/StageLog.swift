import Evidence
import Foundation
import Synchronization

/// Tells observers of each stage as it begins and ends, and remembers how long it took.
package final class StageLog: Sendable {
    /// What a stage returns in addition to its value.
    package struct Ended {
        let summary: String
        let reused: Bool
        let guestSeconds: Double

        /// - Parameter guestSeconds: the part of the stage's time in which QEMU ran a guest, or libguestfs its
        ///   appliance.
        package init(summary: String, reused: Bool = false, guestSeconds: Double = 0) {
            self.summary = summary
            self.reused = reused
            self.guestSeconds = guestSeconds
        }
    }

    private let observe: @Sendable (StageEvent) -> Void
    private let finished = Mutex<[StageTiming]>([])
    private let created = ContinuousClock.now

    package init(observe: @escaping @Sendable (StageEvent) -> Void) { self.observe = observe }

    /// The stages that ended, in that order.
    package var timings: [StageTiming] { finished.withLock { $0 } }

    /// Runs `body` as a stage; observers get what it passes to `now`.
    /// - Throws: what `body` throws, after the observers were told that the stage failed.
    package func run<Value>(
        _ stage: Stage, _ guest: GuestName? = nil,
        _ body: (_ now: @escaping @Sendable (String) -> Void) async throws -> (Value, Ended)
    ) async throws -> Value {
        let observe = observe
        let began = ContinuousClock.now
        func seconds() -> Double { Self.seconds(ContinuousClock.now - began) }
        observe(StageEvent(stage: stage, guest: guest, kind: .began))
        do {
            let (value, ended) = try await body { text in
                observe(StageEvent(stage: stage, guest: guest, kind: .now(text)))
            }
            let timing = StageTiming(
                stage: stage, subject: guest?.subject, alone: guest?.alone, again: guest?.again,
                mutant: guest?.subject.mutant,
                began: Self.seconds(began - created),
                seconds: seconds(),
                guestSeconds: ended.guestSeconds, reused: ended.reused)
            finished.withLock { $0.append(timing) }
            observe(
                StageEvent(
                    stage: stage, guest: guest,
                    kind: .ended(summary: ended.summary, seconds: timing.seconds, reused: ended.reused)))
            return value
        } catch {
            observe(StageEvent(stage: stage, guest: guest, kind: .failed(seconds: seconds())))
            throw error
        }
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}

/// The steps of a test, in the order in which data flows through them.
package enum Stage: String, Codable, Sendable, CaseIterable {
    case host
    case source
    case series
    case build
    case image
    case disk
    case boot
    case results
}

/// What a preparation reports to its observers.
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
    package let kind: Kind

    package init(stage: Stage, guest: GuestName?, kind: Kind) {
        self.stage = stage
        self.guest = guest
        self.kind = kind
    }

    /// For people: `boot mutant no-rmap`.
    package var name: String {
        let subject = guest?.subject
        return [
            stage.rawValue, subject?.description, guest?.again.map { "again-\($0)" }, subject?.mutant, guest?.alone,
        ]
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

/// How long one stage took: a line of `timings.json`.
package struct StageTiming: Codable, Sendable, Equatable {
    package let stage: Stage
    package let subject: Subject?
    /// The workload that had the guest to itself.
    package let alone: String?
    /// Set for a guest that ran unfinished workloads again; see `GuestName`.
    package let again: Int?
    /// The name of the mutant that it was about.
    package let mutant: String?
    /// When it began, in seconds since the first stage could begin, because guests may run at the same time.
    package let began: Double
    /// Wall time.
    package let seconds: Double
    /// The part of it in which QEMU ran the guest, or libguestfs its appliance.
    package let guestSeconds: Double
    package let reused: Bool
}

/// The costs of a run: `timings.json` of its run directory.
package struct Timings: Codable, Sendable {
    package let stages: [StageTiming]
    /// The most memory that drydock itself used at any time, without guests and tools.
    package let peakMemoryMiB: Double

    init(stages: [StageTiming]) {
        var usage = rusage()
        // ru_maxrss is in KiB on Linux.
        peakMemoryMiB = getrusage(RUSAGE_SELF.rawValue, &usage) == 0 ? Double(usage.ru_maxrss) / 1024 : 0
        self.stages = stages
    }
}

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
