import Foundation
import Patches

/// A page as found on the web, or a mail, and the patches in it.
package struct PatchPage: Sendable {
    /// In the page's order; may be empty.
    package let patches: [PagePatch]
    private let lineCount: Int
    /// The line of the first diff that begins after other characters.
    private let quoted: Int?

    /// Finds the patches in the page's text; `PageFile` gets the text of an HTML page or an encoded mail.
    package init(_ content: Data) {
        let text = PageText(content)
        lineCount = text.lines.count
        let bare = text.lines.map { $0.text.replacing(/^[>|\s]+/, with: "") }
        quoted = bare.indices.first { DiffReader.begins(at: $0, in: bare) }.map { $0 + 1 }
        let groups = Self.groups(of: DiffReader(text.lines.map(\.text)).diffs(), in: text)
        var patches: [PagePatch] = []
        var end = 0
        for (index, diffs) in groups.enumerated() {
            let first = diffs[0].range.lowerBound
            let next = index + 1 < groups.count ? groups[index + 1][0].range.lowerBound : text.lines.count
            let last = diffs[diffs.count - 1].range.upperBound
            let below = index + 1 < groups.count ? Self.header(in: text.lines[last..<next]) : next
            patches.append(PagePatch(diffs, above: end..<first, below: below, of: text))
            end = below
        }
        self.patches = patches
    }

    /// The only patch, or the one with the number `choice`, counted from 1.
    package func patch(_ choice: Int? = nil) throws(PatchImportError) -> PagePatch {
        guard !patches.isEmpty else { throw .noPatch(lines: lineCount, quoted: quoted) }
        let summaries = patches.map(\.summary)
        guard choice != nil || patches.count == 1 else { throw .severalPatches(summaries) }
        let number = choice ?? 1
        guard patches.indices.contains(number - 1) else { throw .noSuchPatch(choice: number, patches: summaries) }
        let patch = patches[number - 1]
        if let fault = patch.fault { throw fault }
        return patch
    }

    /// A new patch begins with each mail or commit, and with a file that was changed already.
    private static func groups(of diffs: [FileDiff], in text: PageText) -> [[FileDiff]] {
        var groups: [[FileDiff]] = []
        for diff in diffs {
            guard let group = groups.last, let previous = group.last else {
                groups.append([diff])
                continue
            }
            let between = text.lines[previous.range.upperBound..<diff.range.lowerBound]
            let isSeparate = between.contains {
                $0.text.contains(/^(Subject: |From [0-9a-f]{40} |commit [0-9a-f]{40}\b)/)
            }
            if isSeparate || group.contains(where: { $0.path == diff.path }) {
                groups.append([diff])
            } else {
                groups[groups.count - 1].append(diff)
            }
        }
        return groups
    }

    /// The start of the header of the patch below; if there is none, the start of the lines.
    private static func header(in lines: ArraySlice<PageLine>) -> Int {
        MailHeader(in: lines)?.range.lowerBound ?? GitLogHeader(in: lines)?.range.lowerBound ?? lines.startIndex
    }
}
