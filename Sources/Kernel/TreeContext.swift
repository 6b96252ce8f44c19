import Files
import Foundation

/// Compares the lines a patch expects with a tree's.
package enum TreeContext {
    /// - Parameter tree: the top of a source tree; a file it lacks may come with an earlier patch of the series.
    /// - Returns: whether the tree has every hunk's lines exactly as the patch has them.
    /// - Throws: `PatchPageError.blanksDiffer` where the tree has a hunk's lines but for blanks and tabs.
    package static func check(_ patch: PagePatch, against tree: URL) throws -> Bool {
        var isProven = true
        for side in patch.oldSides where !side.lines.isEmpty {
            let file = tree.appending(path: side.path)
            guard Files.exists(file) else {
                isProven = false
                continue
            }
            let lines = try Files.read(file).split(separator: 10, omittingEmptySubsequences: false).map { Data($0) }
            if holds(lines, side.lines) { continue }
            guard !holds(lines.map(folded), side.lines.map(folded)) else {
                throw PatchPageError.blanksDiffer(hunk: side.line, file: side.path)
            }
            isProven = false
        }
        return isProven
    }

    private static func holds(_ lines: [Data], _ wanted: [Data]) -> Bool {
        guard lines.count >= wanted.count else { return false }
        return (0...(lines.count - wanted.count)).contains { start in
            lines[start..<(start + wanted.count)].elementsEqual(wanted)
        }
    }

    /// With one blank for any run of blanks and tabs.
    private static func folded(_ line: Data) -> Data {
        Data(line.split(whereSeparator: { $0 == 32 || $0 == 9 || $0 == 13 }).joined(separator: [32]))
    }
}
