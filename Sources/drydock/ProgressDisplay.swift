import Evidence
import Foundation
import Runs
import Synchronization

/// Shows a preparation's progress on standard error: on a terminal one line that changes in place, otherwise one line per
/// stage.
final class ProgressDisplay: Sendable {
    private let underWay = Mutex(StagesUnderWay())
    private let isTerminal: Bool

    init() { isTerminal = isatty(STDERR_FILENO) == 1 }

    /// Runs `body` while the line's clock ticks.
    func during<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        guard isTerminal else { return try await body() }
        let ticker = Task {
            while !Task.isCancelled {
                redraw()
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
        defer { ticker.cancel() }
        return try await body()
    }

    func show(_ event: StageEvent) {
        underWay.withLock { stages in
            stages.take(event, at: .now)
            switch event.kind {
            case .began, .now: break
            case .ended(let summary, let seconds, let reused):
                finish(event.name, summary + (reused ? " (nothing to do)" : String(format: " (%.1f s)", seconds)))
            case .failed(let seconds): finish(event.name, String(format: "failed (%.1f s)", seconds))
            }
        }
    }

    /// Writes a line that does not belong to a stage.
    func note(_ text: String) { underWay.withLock { _ in writeLine(text) } }

    private func finish(_ name: String, _ text: String) {
        writeLine(name.padding(toLength: max(16, name.count + 1), withPad: " ", startingAt: 0) + text)
    }

    private func writeLine(_ text: String) { write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n") }

    /// Writes under the lock, so that a late tick cannot get into the report that follows.
    private func redraw() {
        let columns = terminalWidth(STDERR_FILENO)
        underWay.withLock { stages in
            guard let line = stages.latest else { return }
            let seconds = Int((ContinuousClock.now - line.began).components.seconds)
            let head = "\(line.name) \(seconds / 60):\(String(format: "%02d", seconds % 60)) "
            // The guest's output may contain control characters for the terminal.
            let now = line.now.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
            write(
                "\r\u{1B}[K" + head
                    + String(String(String.UnicodeScalarView(now)).prefix(max(0, columns - head.count - 1))))
        }
    }

    private func write(_ text: String) { writeToStandardError(text) }
}
