import Evidence

/// How many lines of a console a report has.
struct ReportExtent {
    /// The most lines of a report before its call trace, because lockdep prints whole dependency chains.
    private static let longestHead = 160
    private static let longestTrace = 120
    /// The most lines of a report without a call trace.
    private static let headWithoutTrace = 12
    private static let excerptHead = 40
    private static let excerptTail = 20

    let lines: [ConsoleLine]

    /// The index after the last line of the report that begins at `index`; the line at `limit` belongs to something
    /// else.
    func end(from index: Int, before limit: Int, oneLine: Bool) -> Int {
        guard !oneLine else { return index + 1 }
        guard let trace = trace(from: index, before: limit) else {
            return min(index + Self.headWithoutTrace, limit)
        }
        guard !isEnd(lines[trace]) else { return trace + 1 }
        var end = trace + 1
        for position in (trace + 1)..<max(min(trace + Self.longestTrace, limit), trace + 1) {
            let line = lines[position]
            if isEnd(line) { return position + 1 }
            if isTrace(line) || isTail(line) {
                end = position + 1
            } else if !line.message.isEmpty {
                break
            }
        }
        return end
    }

    /// The lines from `start` to `end`, with what the kernel printed just before the first line of a warning.
    func excerpt(from start: Int, to end: Int) -> [String] {
        let texts = lines[opening(of: start)..<end].map { $0.text.bounded(200) }
        guard texts.count > Self.excerptHead + Self.excerptTail + 1 else { return texts }
        let left = texts.count - Self.excerptHead - Self.excerptTail
        return texts.prefix(Self.excerptHead) + ["[... \(left) lines left out ...]"]
            + texts.suffix(Self.excerptTail)
    }

    /// Where the call trace begins, or the report's closing line if that comes first.
    private func trace(from index: Int, before limit: Int) -> Int? {
        let range = index..<max(min(index + Self.longestHead, limit), index)
        return range.first { lines[$0].message.begins(with: "Call Trace:") || isEnd(lines[$0]) }
    }

    /// A warning's text is between `[ cut here ]` and the line with its place.
    private func opening(of index: Int) -> Int {
        for position in stride(from: index - 1, through: max(index - 3, 0), by: -1) {
            let line = lines[position]
            if line.isCut { return position }
            if Marker(line.text) != nil || isEnd(line) { break }
        }
        return index
    }

    private func isEnd(_ line: ConsoleLine) -> Bool { line.message.begins(with: "---[ end ") }

    private func isTrace(_ line: ConsoleLine) -> Bool {
        let message = line.message
        return message.begins(with: "[<") || message.begins(with: "<") || message.begins(with: "? ")
            || message.holds("+0x")
            || message.begins(with: "Call Trace:")
    }

    private func isTail(_ line: ConsoleLine) -> Bool {
        Self.tails.contains { line.message.begins(with: $0) }
    }

    private static let tails = [
        "Code:", "RIP", "RSP", "EIP", "ESP", "CR2", "RAX:", "RDX:", "RBP:", "R10:", "R13:", "FS:", "CS:", "DR",
        "ORIG_RAX",
        "Modules linked in:", "irq event stamp:", "hardirqs last", "softirqs last", "ESI:", "EAX:", "DS:",
    ]
}
