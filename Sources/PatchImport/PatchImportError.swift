import Patches

/// A page has no patch, or one that cannot be used.
package enum PatchImportError: Error, Equatable, CustomStringConvertible {
    case unreadablePage(page: String, reason: String)
    /// `lines` were read; `quoted` is the first line that starts a diff after other characters, such as `> `.
    case noPatch(lines: Int, quoted: Int?)
    /// Each of `patches` is one line: where the patch begins, its subject, its files.
    case severalPatches([String])
    case noSuchPatch(choice: Int, patches: [String])
    /// A diff of the patch is not whole.
    case broken(DiffFault)
    /// A line right below a hunk is not part of a patch, although the patch goes on after it.
    case strayLine(line: Int)
    /// The tree has the lines of the hunk at `hunk`, but with other spaces and tabs.
    case spacesDiffer(hunk: Int, file: String)
    /// There are HTML tags in the patch, so that the page failed to escape text.
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
            "cannot take the patch from the page: it has \(patches.count) patches; give --choose N:\n"
                + Self.list(patches)
        case .noSuchPatch(let choice, let patches):
            "cannot choose patch \(choice): the page has \(patches.count):\n" + Self.list(patches)
        case .broken(let fault): Self.words(for: fault)
        case .strayLine(let line):
            "cannot take the patch: line \(line) of the page is right below a hunk and is not a line of a patch: "
                + "a line is wrapped; get the patch from another page"
        case .spacesDiffer(let hunk, let file):
            "cannot take the patch: the tree's \(file) has the lines of the hunk at line \(hunk) of the page with "
                + "other spaces and tabs; the page turned tabs into spaces, which cannot be repaired: "
                + "get the patch from another page"
        case .unescapedHTML(let tag):
            "cannot take the patch: the page's HTML has <\(tag)…> inside the patch: it failed to escape text, and "
                + "this text is lost; save the page's plain text instead"
        case .noName: "cannot name the patch: the page has no Subject; give --name NAME"
        case .badName(let name):
            "cannot name the patch \(name): a name has letters, digits, `.`, `_`, `+` and `-`, "
                + "and begins with a letter or a digit"
        case .patchExists(let path):
            "cannot add the patch: \(path) exists already and is not replaced; give another --name"
        case .alreadyInSeries(let patch, let series): "cannot add the patch: \(series) already names \(patch)"
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
            "cannot take the patch: the hunk at line \(hunk) of the page says \"\(header)\" but has \(old) lines of "
                + "the old file and \(new) of the new; lines were lost or added, get the patch from another page"
        case .binary(let line):
            "cannot take the patch: line \(line) of the page begins a binary change, which GNU patch does not apply"
        }
    }

    private static func list(_ patches: [String]) -> String {
        patches.enumerated().map { "  \($0 + 1): \($1)" }.joined(separator: "\n")
    }
}
