import Files
import Foundation
import Patches

/// A patch ready for a series: its header as in a mail, its diffs, and the repairs.
package struct PagePatch: Sendable {
    /// The header, an empty line, the description, an empty line, the diffs.
    package let content: Data
    package let mends: [PatchMend]
    /// The header Subject; nil if the page has none.
    package let subject: String?
    /// The files it changes, without their leading directory.
    package let files: [String]
    /// How many leading directories GNU patch must strip: 1, or 0.
    package let strip: Int
    /// The line of the page on which its first diff begins.
    package let line: Int
    /// What is wrong with it.
    let fault: PatchImportError?
    /// The old side of each hunk, for the comparison with a tree.
    let oldSides: [OldSide]

    /// The lines that a hunk expects in the old file.
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
    ///   - above: the lines between the previous patch, or the start of the page, and the first diff.
    ///   - below: the index of the first line that belongs to the next patch, or the end of the page.
    init(_ diffs: [FileDiff], above: Range<Int>, below: Int, of text: PageText) {
        let head = PatchHead(text.lines[above])
        let body = PatchBody(diffs, text: text)
        let last = diffs.last.map(\.range.upperBound) ?? above.upperBound
        let end = text.lines[last..<below].filter { !$0.isEmpty }
        content = text.data((head.lines + body.lines).map { "\($0.text)\n" }.joined())
        subject = head.subject
        files = diffs.map(\.path)
        fault =
            diffs.lazy.compactMap(\.fault).first.map { .broken($0) }
            ?? body.strayLine.map { .strayLine(line: $0.number) }
        line = text.lines[above.upperBound].number
        strip = body.strip
        oldSides = body.oldSides
        let left = end.first.map { PatchMend.leftOutBelow(lines: end.count, first: $0.number) }
        // The page's last line is the patch's last only if nothing was left out below.
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
            mended(\.lostSpace) { .emptyContext(lines: $0, first: $1) },
        ].compactMap(\.self)
    }
}

extension PagePatch {
    /// The name that the user gave, or one made from the subject.
    package func name(_ given: String?) throws(PatchImportError) -> String {
        if let given { return try PatchName.checked(given) }
        guard let name = subject.flatMap(PatchName.from(subject:)) else { throw .noName }
        return name
    }

    /// Compares the lines that the patch expects with a tree's.
    /// - Parameter tree: the top of a source tree; a file that it lacks may come with an earlier patch of the series.
    /// - Returns: whether the tree has every hunk's lines exactly as the patch has them.
    /// - Throws: `PatchImportError.spacesDiffer` if the tree has a hunk's lines with other spaces and tabs.
    package func check(against tree: URL) throws -> Bool {
        var isProven = true
        for side in oldSides where !side.lines.isEmpty {
            let file = tree.appending(path: side.path)
            guard Files.exists(file) else {
                isProven = false
                continue
            }
            let lines = try Files.read(file).split(separator: 10, omittingEmptySubsequences: false).map { Data($0) }
            if Self.holds(lines, side.lines) { continue }
            guard !Self.holds(lines.map(Self.folded), side.lines.map(Self.folded)) else {
                throw PatchImportError.spacesDiffer(hunk: side.line, file: side.path)
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

    /// With one space in place of each run of spaces and tabs.
    private static func folded(_ line: Data) -> Data {
        Data(line.split(whereSeparator: { $0 == 32 || $0 == 9 || $0 == 13 }).joined(separator: [32]))
    }
}

/// A patch's file name.
private enum PatchName {
    /// The name that `git format-patch` makes from a subject, without its number.
    static func from(subject: String) -> String? {
        // A reply's mark and the list's own bracket say nothing about the patch; `[mm]` does.
        let words = subject.replacing(
            /^(?:\s*(?:[Rr][Ee]|[Ff][Ww][Dd]?):|\s*\[[^\]]*(?:PATCH|RFC|RESEND)[^\]]*\])+/, with: "")
        var name = ""
        for character in words.unicodeScalars {
            let isKept = character.isASCII && (character.properties.isAlphabetic || ("0"..."9").contains(character))
            if isKept || character == "_" || character == "." && name.last != "." {
                name.unicodeScalars.append(character)
            } else if name.last != "-" && character != "." {
                name.append("-")
            }
        }
        // Git's 64 letters minus a number and `.patch`.
        name = String(name.drop { $0 == "-" || $0 == "." }.prefix(57))
        while let last = name.last, last == "-" || last == "." { name.removeLast() }
        return name.isEmpty ? nil : "\(name).patch"
    }

    /// A name that the user gave; `.patch` is added if it has no such ending.
    static func checked(_ name: String) throws(PatchImportError) -> String {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._+-]*/) != nil else { throw .badName(name) }
        return name.hasSuffix(".patch") || name.hasSuffix(".diff") ? name : "\(name).patch"
    }
}
