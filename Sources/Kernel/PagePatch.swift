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
        return
            "line \(line): \(subject ?? "no subject"); \(files.count == 1 ? "1 file" : "\(files.count) files"): \(shown)"
    }

    /// - Parameters:
    ///   - above: the lines between the patch before, or the page's begin, and the first diff.
    ///   - below: the index of the first line below that belongs to the next patch, or the page's end.
    init(_ diffs: [FileDiff], above: Range<Int>, below: Int, of text: PageText) {
        let head = Head(text.lines[above])
        let body = Body(diffs, text: text)
        let last = diffs.last.map(\.range.upperBound) ?? above.upperBound
        let end = text.lines[last..<below].filter { !$0.isEmpty }
        content = text.data((head.lines + body.lines).map { "\($0.text)\n" }.joined())
        subject = head.subject
        files = diffs.map(\.path)
        fault = diffs.lazy.compactMap(\.fault).first
        line = text.lines[above.upperBound].number
        strip = body.hasLeadingFolder ? 1 : 0
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

/// What stands above a patch's diffs.
private struct Head {
    var lines: [PageLine] = []
    var mends: [PatchMend] = []
    let subject: String?

    init(_ above: ArraySlice<PageLine>) {
        let description: [PageLine]
        var left = 0
        if let mail = MailHeader(in: above) {
            lines = mail.kept
            description = Array(above[mail.range.upperBound...])
            left = above[..<mail.range.lowerBound].count { !$0.isEmpty }
            if mail.transport > 0 { mends.append(.transportHeaders(lines: mail.transport)) }
        } else if let log = GitLogHeader(in: above) {
            lines = log.headers
            description = log.description
            left = above[..<log.start].count { !$0.isEmpty }
            mends.append(.gitLogHeader(line: log.line.number))
        } else {
            description = Array(above)
            let kept = above.count { !$0.isEmpty }
            if kept > 0 { mends.append(.noMailHeader(kept: kept)) }
        }
        if left > 0 { mends.append(.leftOutAbove(lines: left)) }
        subject = MailHeader.value(of: "Subject", in: lines)
        let blank = PageLine(number: 0, text: "")
        let trimmed = description.drop(while: \.isEmpty).reversed().drop(while: \.isEmpty).reversed()
        if !lines.isEmpty { lines.append(blank) }
        if !trimmed.isEmpty { lines += trimmed + [blank] }
    }
}

/// A patch's diffs, mended.
private struct Body {
    var lines: [PageLine] = []
    var mends: [PatchMend] = []
    var oldSides: [PagePatch.OldSide] = []
    let hasLeadingFolder: Bool

    init(_ diffs: [FileDiff], text: PageText) {
        hasLeadingFolder = !diffs.allSatisfy(Self.lacksLeadingFolder)
        var between: [PageLine] = []
        for (index, diff) in diffs.enumerated() {
            if index > 0 { between += text.lines[diffs[index - 1].range.upperBound..<diff.range.lowerBound] }
            var page = text.lines
            for index in diff.emptyContext { (page[index].text, page[index].lostBlank) = (" ", true) }
            // Empty lines between two hunks would be taken for context.
            let start = diff.hunks.first?.lowerBound ?? diff.range.upperBound
            let taken = page[diff.range.lowerBound..<start].filter { !$0.isEmpty } + diff.hunks.flatMap { page[$0] }
            lines += taken
            oldSides += diff.hunks.map { Self.oldSide(of: page[$0], in: diff, text: text) }
        }
        between.removeAll(where: \.isEmpty)
        if let first = between.first { mends.append(.leftOutBetween(lines: between.count, first: first.number)) }
        if !hasLeadingFolder { mends.append(.noLeadingFolder) }
        let indented = lines.first { $0.text.contains(/^[ +-] {8}/) }
        if let indented,
            !lines.contains(where: {
                $0.text.utf8.dropFirst().contains(9) && !$0.text.hasPrefix("---") && !$0.text.hasPrefix("+++")
            })
        {
            mends.append(.noTabs(first: indented.number))
        }
    }

    private static func oldSide(of hunk: ArraySlice<PageLine>, in diff: FileDiff, text: PageText) -> PagePatch.OldSide {
        let old = hunk.dropFirst().filter { $0.first == UInt8(ascii: " ") || $0.first == UInt8(ascii: "-") }
        return PagePatch.OldSide(
            path: diff.path, line: hunk.first?.number ?? 0,
            lines: old.map { text.data(String($0.text.unicodeScalars.dropFirst())) })
    }

    /// As Subversion and CVS write names: the file's path in the tree, both times.
    private static func lacksLeadingFolder(_ diff: FileDiff) -> Bool {
        let names = [diff.oldName, diff.newName].filter { $0 != "/dev/null" }
        return names.allSatisfy { name in
            guard let folder = name.firstMatch(of: /^([^\/]+)\//)?.1 else { return true }
            return topFolders.contains(String(folder))
        }
    }

    /// Of a Linux tree.
    private static let topFolders: Set = [
        "Documentation", "arch", "block", "crypto", "drivers", "fs", "include", "init", "ipc", "kernel", "lib", "mm",
        "net", "scripts", "security", "sound", "usr",
    ]
}
