/// One hunk of a diff, read as far as its header says.
package struct Hunk {
    private let lines: [String]
    private let start: Int
    /// The index after the hunk's last line.
    private(set) var end: Int
    /// Indices of its empty lines, which are context lines that lost their space.
    private(set) var emptyContext: [Int] = []
    /// The number of lines that the hunk still lacks, on the old and the new side.
    private var lacking: (old: Int, new: Int)

    /// Nil if there is no hunk header at `start`.
    /// - Parameter isStrict: whether it ends above the first line that its counts do not allow; if false, it takes such
    ///   lines too, and ends with the first line that cannot be in any hunk: GNU patch will say what is wrong.
    init?(_ lines: [String], at start: Int, isStrict: Bool = true) {
        guard let match = lines[start].firstMatch(of: /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/) else { return nil }
        self.lines = lines
        self.start = start
        end = start + 1
        // A missing count means 1.
        lacking = (match.1.flatMap { Int($0) } ?? 1, match.2.flatMap { Int($0) } ?? 1)
        while isIncomplete, end < lines.count {
            if !take(lines[end], isStrict) {
                if isStrict { break }
                lacking = (0, 0)
            }
            end += 1
        }
        if !isIncomplete, end < lines.count, lines[end].hasPrefix("\\ ") { end += 1 }
    }

    private var isIncomplete: Bool { lacking.old > 0 || lacking.new > 0 }

    /// The text ends in the middle of the hunk.
    var isCutOff: Bool { isIncomplete && end == lines.count }

    /// Whether a hunk may contain this line.
    static func isBody(_ line: String) -> Bool {
        switch line.utf8.first {
        case nil, UInt8(ascii: " "), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "\\"): true
        default: line.hasPrefix("@@ ")
        }
    }

    /// Counts a line of the hunk; false if the line cannot be in it.
    private mutating func take(_ line: String, _ isStrict: Bool) -> Bool {
        var (old, new) = (0, 0)
        // Not `hasPrefix`, because to it a space with a combining mark after it is not a space.
        switch line.utf8.first {
        case nil, UInt8(ascii: " "): (old, new) = (1, 1)
        case UInt8(ascii: "-"): old = 1
        case UInt8(ascii: "+"): new = 1
        case UInt8(ascii: "\\"): break
        default: return false
        }
        guard !isStrict || old <= lacking.old && new <= lacking.new else { return false }
        lacking = (lacking.old - old, lacking.new - new)
        if line.isEmpty { emptyContext.append(end) }
        return true
    }

    /// What is wrong with it, judged also by what is below it; a hunk that is cut off ends at the missing lines.
    /// - Parameter keepsSpaces: whether empty context lines elsewhere in the text have their space.
    mutating func fault(keepsSpaces: Bool) -> DiffFault? {
        if isIncomplete { return incomplete() }
        if holdsMore { return wrongCounts() }
        return emptyEnd(keepsSpaces: keepsSpaces)
    }

    /// The counts do not match the lines; what follows shows which of the two is wrong.
    private mutating func incomplete() -> DiffFault {
        let next = end < lines.count ? lines[end] : nil
        let goesOn = next.map { !$0.isBlank && Self.isBody($0) || DiffReader.begins(at: end, in: lines) } ?? false
        if goesOn { return wrongCounts() }
        // Empty lines at the end belong to the page.
        while end > start + 1, lines[end - 1].isEmpty {
            end -= 1
            emptyContext.removeAll { $0 == end }
            lacking = (lacking.old + 1, lacking.new + 1)
        }
        return cutOff()
    }

    private func cutOff() -> DiffFault {
        .cutOff(line: end, hunk: start + 1, oldLines: lacking.old, newLines: lacking.new)
    }

    /// With the lines that are really there, up to where the hunk must end.
    private func wrongCounts() -> DiffFault {
        var (old, new) = (0, 0)
        for index in (start + 1)..<lines.count {
            let line = lines[index]
            let isOver = line.hasPrefix("@@ ") || DiffReader.begins(at: index, in: lines) || Self.isRule(line)
            guard Self.isBody(line), !isOver, !line.isEmpty || index < end else { break }
            let first = line.utf8.first
            if first != UInt8(ascii: "+"), first != UInt8(ascii: "\\") { old += 1 }
            if first != UInt8(ascii: "-"), first != UInt8(ascii: "\\") { new += 1 }
        }
        return .wrongCounts(hunk: start + 1, header: lines[start], oldLines: old, newLines: new)
    }

    /// The line above a mail's signature, or a rule that a page draws.
    private static func isRule(_ line: String) -> Bool { line.contains(/^--(\s|-*\s*$)/) }

    /// The counts are used up, but lines of the hunk follow.
    private var holdsMore: Bool {
        var index = end
        var changes = false
        while index < lines.count, let first = lines[index].utf8.first, first != UInt8(ascii: "@"),
            Self.isBody(lines[index]), !DiffReader.begins(at: index, in: lines), !Self.isRule(lines[index])
        {
            changes = changes || first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
            index += 1
        }
        return index > end && (changes || another(at: index))
    }

    private func another(at index: Int) -> Bool {
        index < lines.count && (lines[index].hasPrefix("@@ -") || DiffReader.begins(at: index, in: lines))
    }

    /// If empty lines end the whole patch, they probably belong to the page, and the patch was cut off above them.
    private mutating func emptyEnd(keepsSpaces: Bool) -> DiffFault? {
        let empty = lines[start..<end].reversed().prefix(while: \.isEmpty).count
        var next = end
        while next < lines.count, lines[next].isBlank { next += 1 }
        guard !another(at: next), empty > 1 || empty == 1 && keepsSpaces else { return nil }
        end -= empty
        emptyContext.removeAll { $0 >= end }
        lacking = (empty, empty)
        return cutOff()
    }
}

extension String {
    /// Whether it has only spaces, tabs and carriage returns.
    var isBlank: Bool { utf8.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 } }
}
