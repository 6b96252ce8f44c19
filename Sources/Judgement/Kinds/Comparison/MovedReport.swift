import Console
import Evidence

/// A report of the judged kernel that base does not make, and one of the same kind that only base makes.
struct MovedReport {
    let now: ConsoleFinding
    let before: ConsoleFinding

    /// Nil if base makes the same report, or none of that kind that the judged kernel does not make.
    /// - Parameters:
    ///   - base: what base reports, the likeliest first.
    ///   - judged: every guest of the judged kernel.
    init?(_ finding: ConsoleFinding, from base: [ConsoleFinding], present judged: [GuestVerdict]) {
        let alike = base.filter { $0.kind == finding.kind && $0.counts }
        guard !alike.contains(where: { $0.signature == finding.signature }) else { return nil }
        let present = Set(judged.flatMap(\.allFindings).map(\.signature))
        guard let before = alike.first(where: { !present.contains($0.signature) }) else { return nil }
        now = finding
        self.before = before
    }

    /// In a sentence about the judged kernel.
    var words: String {
        // Lockdep reports once: two of its reports are two troubles, and neither says that the other is gone.
        if now.kind != .lockdep, let from = before.headline.function, let to = now.headline.function, from != to {
            return "the \(now.kind.words) moved from \(from) to \(to)"
        }
        return "base makes another: \(before.headline.words)"
    }
}

extension GuestVerdict {
    /// Inside and outside the workloads.
    var allFindings: [ConsoleFinding] { workloads.flatMap(\.findings) + findings }
}
