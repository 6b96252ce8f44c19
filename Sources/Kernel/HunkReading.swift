/// One hunk of a page, read as far as its header says.
struct HunkReading {
    let lines: [PageLine]
    let start: Int
    /// The index after the hunk's last line.
    private(set) var end: Int
    private(set) var emptyContext: [Int] = []
    private(set) var fault: PatchPageError?

    /// Lines the hunk still lacks, on the old and the new side.
    private var lacking = (old: 0, new: 0)

    init(lines: [PageLine], start: Int) {
        self.lines = lines
        self.start = start
        end = start + 1
    }

    /// Whether a hunk may hold this line.
    static func isBody(_ line: PageLine) -> Bool {
        switch line.first {
        case nil, UInt8(ascii: " "), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "\\"): true
        default: line.text.hasPrefix("@@ ")
        }
    }

    /// - Parameter keepsBlanks: whether empty lines of context have their blank elsewhere in the page.
    mutating func read(keepsBlanks: Bool) {
        guard let header = HunkHeader(lines[start].text) else {
            fault = .cutOff(line: lines[start].number, hunk: lines[start].number, oldLines: 0, newLines: 0)
            return
        }
        lacking = (header.oldLines, header.newLines)
        while lacking.old > 0 || lacking.new > 0 {
            guard end < lines.count, take(lines[end]) else { return refuse() }
            end += 1
        }
        if end < lines.count, lines[end].text.hasPrefix("\\ ") { end += 1 }
        checkEnd(keepsBlanks: keepsBlanks)
    }

    /// Counts a line of the hunk; false where it cannot be one.
    private mutating func take(_ line: PageLine) -> Bool {
        var (old, new) = (0, 0)
        switch line.first {
        case nil, UInt8(ascii: " "): (old, new) = (1, 1)
        case UInt8(ascii: "-"): old = 1
        case UInt8(ascii: "+"): new = 1
        case UInt8(ascii: "\\"): break
        default: return false
        }
        guard old <= lacking.old, new <= lacking.new else { return false }
        lacking = (lacking.old - old, lacking.new - new)
        if line.first == nil { emptyContext.append(end) }
        return true
    }

    /// The counts do not fit the lines: which of the two is to blame shows in what comes next.
    private mutating func refuse() {
        let next = end < lines.count ? lines[end] : nil
        let goesOn = next.map { !$0.isEmpty && Self.isBody($0) || DiffReader.begins(at: end, in: lines) } ?? false
        if goesOn {
            fault = wrongCounts()
        } else {
            // Empty lines at the end are the page's own.
            while end > start + 1, lines[end - 1].first == nil {
                end -= 1
                emptyContext.removeAll { $0 == end }
                lacking = (lacking.old + 1, lacking.new + 1)
            }
            fault = cutOff()
        }
    }

    private func cutOff() -> PatchPageError {
        .cutOff(
            line: lines[end - 1].number, hunk: lines[start].number, oldLines: lacking.old, newLines: lacking.new)
    }

    /// With the lines that are there really, up to where the hunk must end.
    private func wrongCounts() -> PatchPageError {
        var (old, new) = (0, 0)
        for index in (start + 1)..<lines.count {
            let line = lines[index]
            let isOver = line.text.hasPrefix("@@ ") || DiffReader.begins(at: index, in: lines) || Self.isRule(line)
            guard Self.isBody(line), !isOver, line.first != nil || index < end else { break }
            if line.first != UInt8(ascii: "+"), line.first != UInt8(ascii: "\\") { old += 1 }
            if line.first != UInt8(ascii: "-"), line.first != UInt8(ascii: "\\") { new += 1 }
        }
        return .wrongCounts(hunk: lines[start].number, header: lines[start].text, oldLines: old, newLines: new)
    }

    /// The line over a mail's signature, or a rule that a page draws.
    private static func isRule(_ line: PageLine) -> Bool { line.text.contains(/^--(\s|-*\s*$)/) }

    /// The counts are used up: is the hunk, too?
    private mutating func checkEnd(keepsBlanks: Bool) {
        var index = end
        var changes = false
        while index < lines.count, let first = lines[index].first, first != UInt8(ascii: "@"),
            Self.isBody(lines[index]), !DiffReader.begins(at: index, in: lines), !Self.isRule(lines[index])
        {
            changes = changes || first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
            index += 1
        }
        let another =
            index < lines.count && (lines[index].text.hasPrefix("@@ -") || DiffReader.begins(at: index, in: lines))
        if index > end, changes || another {
            fault = wrongCounts()
            return
        }
        refuseEmptyEnd(keepsBlanks: keepsBlanks)
    }

    /// Empty lines that end the whole patch are rather the page's own: the patch was cut off above them.
    private mutating func refuseEmptyEnd(keepsBlanks: Bool) {
        let empty = lines[start..<end].reversed().prefix { $0.first == nil }.count
        var next = end
        while next < lines.count, lines[next].isEmpty { next += 1 }
        let isLast =
            next == lines.count || !(lines[next].text.hasPrefix("@@ -") || DiffReader.begins(at: next, in: lines))
        guard isLast, empty > 1 || empty == 1 && keepsBlanks else { return }
        end -= empty
        emptyContext.removeAll { $0 >= end }
        lacking = (empty, empty)
        fault = cutOff()
    }
}
