import Foundation
import Patches

/// A patch's diffs, repaired.
struct PatchBody {
    var lines: [PageLine] = []
    var mends: [PatchMend] = []
    var oldSides: [PagePatch.OldSide] = []
    /// The first line right below a hunk that neither ends the patch nor belongs to it: the rest of a wrapped line.
    var strayLine: PageLine?
    /// How many leading directories the names have: 1, or 0 if none has one.
    let strip: Int

    init(_ diffs: [FileDiff], text: PageText) {
        strip = diffs.allSatisfy(\.lacksLeadingFolder) ? 0 : 1
        var between: [PageLine] = []
        for (index, diff) in diffs.enumerated() {
            if index > 0 {
                let lines = text.lines[diffs[index - 1].range.upperBound..<diff.range.lowerBound]
                if let first = lines.first, Self.isStray(first) { strayLine = strayLine ?? first }
                between += lines
            }
            var page = text.lines
            for index in diff.emptyContext { (page[index].text, page[index].lostSpace) = (" ", true) }
            // Empty lines between two hunks would be taken for context.
            let start = diff.hunks.first?.lowerBound ?? diff.range.upperBound
            let taken = page[diff.range.lowerBound..<start].filter { !$0.isEmpty } + diff.hunks.flatMap { page[$0] }
            lines += taken
            oldSides += diff.hunks.map { Self.oldSide(of: page[$0], in: diff, text: text) }
        }
        between.removeAll(where: \.isEmpty)
        if let first = between.first { mends.append(.leftOutBetween(lines: between.count, first: first.number)) }
        if strip == 0 { mends.append(.noLeadingFolder) }
        let indented = lines.first { $0.text.contains(/^[ +-] {8}/) }
        if let indented, !lines.contains(where: Self.hasTab) { mends.append(.noTabs(first: indented.number)) }
    }

    /// Neither empty nor a message of `diff -r` about files that it does not compare.
    private static func isStray(_ line: PageLine) -> Bool {
        !line.isEmpty && !line.text.hasPrefix("Only in ") && !line.text.hasPrefix("Binary files ")
    }

    /// Not in a diff's header, where a tab only precedes the date.
    private static func hasTab(_ line: PageLine) -> Bool {
        line.text.utf8.contains(9) && !line.text.hasPrefix("--- ") && !line.text.hasPrefix("+++ ")
    }

    private static func oldSide(of hunk: ArraySlice<PageLine>, in diff: FileDiff, text: PageText) -> PagePatch.OldSide {
        let old = hunk.dropFirst().filter { $0.first == UInt8(ascii: " ") || $0.first == UInt8(ascii: "-") }
        return PagePatch.OldSide(
            path: diff.path, line: hunk.first?.number ?? 0,
            lines: old.map { text.data(String($0.text.unicodeScalars.dropFirst())) })
    }
}
