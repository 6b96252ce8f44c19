import Patches

/// A page gave no patch, or none that may be used.
package enum PatchImportError: Error, Equatable, CustomStringConvertible {
    case unreadablePage(page: String, reason: String)
    /// `lines` were read; `quoted` is the first that starts a diff behind other characters, such as `> `.
    case noPatch(lines: Int, quoted: Int?)
    /// Each of `patches` is one line: where it begins, its subject, its files.
    case severalPatches([String])
    case noSuchPatch(choice: Int, patches: [String])
    /// A diff of the patch is not whole.
    case broken(DiffFault)
    /// Right below a hunk, with more of the patch to come, stands a line that is no part of one.
    case strayLine(line: Int)
    /// The tree has the lines of the hunk at `hunk`, with other spaces and tabs.
    case spacesDiffer(hunk: Int, file: String)
    /// HTML's own tags in the patch's text stand for text that the page failed to escape.
    case unescapedHTML(tag: String)
    case noName
    case badName(String)
    case patchExists(path: String)
    case alreadyInSeries(patch: String, series: String)

    package var description: String {
        switch self {
        case .unreadablePage(let page, let reason): "cannot read page \(page): \(reason)"
        case .noPatch(let lines, let quoted):
            "cannot find a patch in the page: none of its \(lines) lines begins a diff "
                + "(looked for `diff --git`, `Index:`, and `---` with `+++` below it)"
                + (quoted.map { "; line \($0) quotes one: save the page it is quoted from" } ?? "")
        case .severalPatches(let patches):
            "cannot take the patch from the page: it holds \(patches.count); say --choose N:\n"
                + Self.list(patches)
        case .noSuchPatch(let choice, let patches):
            "cannot choose patch \(choice): the page holds \(patches.count):\n" + Self.list(patches)
        case .broken(let fault): Self.words(for: fault)
        case .strayLine(let line):
            "cannot take the patch: line \(line) of the page stands right below a hunk and is no line of a patch: a line "
                + "is wrapped; get the patch from another page"
        case .spacesDiffer(let hunk, let file):
            "cannot take the patch: the tree's \(file) has the lines of the hunk at line \(hunk) of the page with "
                + "other blanks and tabs; the page turned tabs into blanks, which cannot be mended: get it from another page"
        case .unescapedHTML(let tag):
            "cannot take the patch: the page's HTML has <\(tag)…> inside the patch, text that it failed to escape and "
                + "that is lost; save the page's plain text instead"
        case .noName: "cannot name the patch: the page has no Subject; say --name NAME"
        case .badName(let name):
            "cannot name the patch \(name): a name has letters, digits, `.`, `_`, `+` and `-`, "
                + "and begins with a letter or a digit"
        case .patchExists(let path):
            "cannot add the patch: \(path) is there already and stays as it is; say another --name"
        case .alreadyInSeries(let patch, let series): "cannot add the patch: \(series) names \(patch) already"
        }
    }

    private static func words(for fault: DiffFault) -> String {
        switch fault {
        case .cutOff(let line, let hunk, let old, let new):
            "cannot take the patch: it is cut off, or a line is wrapped, after line \(line) of the page: the hunk at "
                + "line \(hunk) lacks \(old) more lines of the old file and \(new) of the new; get the whole page"
        case .noHunk(let line, let path):
            "cannot take the patch: it is cut off after line \(line) of the page: the diff of \(path) has no hunk; "
                + "get the whole page"
        case .wrongCounts(let hunk, let header, let old, let new):
            "cannot take the patch: the hunk at line \(hunk) of the page says \"\(header)\" and holds \(old) lines of "
                + "the old file and \(new) of the new; lines were lost or added, get the patch from another page"
        case .binary(let line):
            "cannot take the patch: line \(line) of the page begins a binary change, which GNU patch does not apply"
        }
    }

    private static func list(_ patches: [String]) -> String {
        patches.enumerated().map { "  \($0 + 1): \($1)" }.joined(separator: "\n")
    }
}
