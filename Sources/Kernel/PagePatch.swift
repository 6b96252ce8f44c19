import Foundation

/// A patch as it is to be added to a series: its header as in a mail, its diffs, and what was done to it.
package struct PagePatch: Sendable {
    /// The header, a blank line, the description, a blank line, the diffs.
    package let content: Data
    package let mends: [PatchMend]
    /// The header Subject, where the page has one.
    package let subject: String?
    /// The files it changes, without their leading folder.
    package let files: [String]
    /// How many leading folders GNU patch is to take off: 1, or 0.
    package let strip: Int
    /// The line of the page where its first diff begins.
    package let line: Int
    /// What is wrong with it.
    let fault: PatchPageError?
    /// The old side of each hunk, to be found in a tree.
    let oldSides: [OldSide]

    /// What a hunk says that the old file holds.
    struct OldSide {
        let path: String
        /// Of the hunk's header in the page.
        let line: Int
        let lines: [Data]
    }

    /// One line for a list of patches.
    package var summary: String {
        let shown = files.prefix(3).joined(separator: ", ") + (files.count > 3 ? ", …" : "")
        let count = files.count == 1 ? "1 file" : "\(files.count) files"
        return "line \(line): \(subject ?? "no subject"); \(count): \(shown)"
    }

    /// - Parameters:
    ///   - above: the lines between the patch before, or the page's begin, and the first diff.
    ///   - below: the index of the first line below that belongs to the next patch, or the page's end.
    init(_ diffs: [FileDiff], above: Range<Int>, below: Int, of text: PageText) {
        let head = PatchHead(text.lines[above])
        let body = PatchBody(diffs, text: text)
        let last = diffs.last.map(\.range.upperBound) ?? above.upperBound
        let end = text.lines[last..<below].filter { !$0.isEmpty }
        content = text.data((head.lines + body.lines).map { "\($0.text)\n" }.joined())
        subject = head.subject
        files = diffs.map(\.path)
        fault = diffs.lazy.compactMap(\.fault).first ?? body.strayLine.map { .strayLine(line: $0.number) }
        line = text.lines[above.upperBound].number
        strip = body.strip
        oldSides = body.oldSides
        let left = end.first.map { PatchMend.leftOutBelow(lines: end.count, first: $0.number) }
        // The page's last line is the patch's only where nothing was left out below.
        let endsPage = last == text.lines.count && !text.endsWithNewline
        mends =
            Self.lineMends(head.lines + body.lines) + body.mends
            + (endsPage ? [.finalNewline(line: text.lines.count)] : []) + head.mends + [left].compactMap(\.self)
    }

    private static func lineMends(_ lines: [PageLine]) -> [PatchMend] {
        func mended(_ field: KeyPath<PageLine, Bool>, _ mend: (Int, Int) -> PatchMend) -> PatchMend? {
            let mended = lines.filter { $0[keyPath: field] }
            return mended.map(\.number).min().map { mend(mended.count, $0) }
        }
        return [
            mended(\.hadCarriageReturn) { count, _ in .carriageReturns(lines: count) },
            mended(\.hadEntity) { .entities(lines: $0, first: $1) },
            mended(\.hadNonBreakingSpace) { .nonBreakingSpaces(lines: $0, first: $1) },
            mended(\.lostBlank) { .emptyContext(lines: $0, first: $1) },
        ].compactMap(\.self)
    }
}
