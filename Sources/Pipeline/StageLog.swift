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
        _ stage: Stage, _ guest: GuestName? = nil, of mutant: String? = nil,
        _ body: (_ now: @escaping @Sendable (String) -> Void) async throws -> (Value, Ended)
    ) async throws -> Value {
        let observe = observe
        let began = ContinuousClock.now
        func seconds() -> Double { Self.seconds(ContinuousClock.now - began) }
        observe(StageEvent(stage: stage, guest: guest, mutant: mutant, kind: .began))
        do {
            let (value, ended) = try await body { text in
                observe(StageEvent(stage: stage, guest: guest, mutant: mutant, kind: .now(text)))
            }
            let timing = StageTiming(
                stage: stage, subject: guest?.subject, alone: guest?.alone, again: guest?.again, mutant: mutant,
                began: Self.seconds(began - created),
                seconds: seconds(),
                guestSeconds: ended.guestSeconds, reused: ended.reused)
            finished.withLock { $0.append(timing) }
            observe(
                StageEvent(
                    stage: stage, guest: guest, mutant: mutant,
                    kind: .ended(summary: ended.summary, seconds: timing.seconds, reused: ended.reused)))
            return value
        } catch {
            observe(StageEvent(stage: stage, guest: guest, mutant: mutant, kind: .failed(seconds: seconds())))
            throw error
        }
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
