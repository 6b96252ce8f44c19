import Evidence
import Foundation
import Pipeline
import Synchronization

/// Shows a pipeline's progress on standard error: on a terminal a line that changes in place, elsewhere a line a stage.
final class ProgressDisplay: Sendable {
    private struct Line {
        var stage: String
        var began: ContinuousClock.Instant
        var now = ""
    }

    private let current = Mutex<Line?>(nil)
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
        let name = [event.stage.rawValue, event.guest?.subject.rawValue, event.mutant, event.guest?.alone]
            .compactMap(\.self).joined(separator: " ")
        switch event.kind {
        case .began:
            current.withLock { $0 = Line(stage: name, began: .now) }
        case .now(let text):
            current.withLock { $0?.now = text }
        case .ended(let summary, let seconds, let reused):
            finish(name, summary + (reused ? " (nothing to do)" : String(format: " (%.1f s)", seconds)))
        case .failed(let seconds):
            finish(name, String(format: "failed (%.1f s)", seconds))
        }
    }

    /// Writes a line that belongs to no stage.
    func note(_ text: String) {
        current.withLock { line in
            line = nil
            write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
        }
    }

    private func finish(_ name: String, _ text: String) {
        note(name.padding(toLength: max(16, name.count + 1), withPad: " ", startingAt: 0) + text)
    }

    /// Writes under the lock: a late tick must not fall into the report that follows.
    private func redraw() {
        let columns = terminalWidth(STDERR_FILENO)
        current.withLock { line in
            guard let line else { return }
            let seconds = Int((ContinuousClock.now - line.began).components.seconds)
            let head = "\(line.stage) \(seconds / 60):\(String(format: "%02d", seconds % 60)) "
            // What the guest says may hold the terminal's own commands.
            let now = line.now.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
            write(
                "\r\u{1B}[K" + head
                    + String(String(String.UnicodeScalarView(now)).prefix(max(0, columns - head.count - 1))))
        }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
