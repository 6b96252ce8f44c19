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
    private let quiet: Bool

    /// - Parameter quiet: show nothing at all.
    init(quiet: Bool = false) {
        self.quiet = quiet
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// Runs `body` while the line's clock ticks.
    func during<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        guard isTerminal, !quiet else { return try await body() }
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
        guard !quiet else { return }
        let name = event.stage.rawValue + (event.subject.map { " \($0.rawValue)" } ?? "")
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

    private func finish(_ name: String, _ text: String) {
        current.withLock { $0 = nil }
        let padded = name.padding(toLength: max(16, name.count + 1), withPad: " ", startingAt: 0)
        write((isTerminal ? "\r\u{1B}[K" : "") + padded + text + "\n")
    }

    private func redraw() {
        guard let line = current.withLock({ $0 }) else { return }
        let seconds = Int((ContinuousClock.now - line.began).components.seconds)
        let head = "\(line.stage) \(seconds / 60):\(String(format: "%02d", seconds % 60)) "
        let room = max(0, terminalWidth(STDERR_FILENO) - head.count - 1)
        write("\r\u{1B}[K" + head + String(line.now.filter { !$0.isNewline }.prefix(room)))
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
