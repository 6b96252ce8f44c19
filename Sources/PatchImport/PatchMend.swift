/// What the web did to a patch, and was undone; or what of the page was left out.
package enum PatchMend: Sendable, Equatable, CustomStringConvertible {
    /// The patch lay in one of the `<pre>` elements of an HTML page.
    case html(elements: Int)
    /// Quoted-printable, base64, or encoded words in the headers.
    case mailEncoding
    case finalNewline(line: Int)
    case carriageReturns(lines: Int)
    case entities(lines: Int, first: Int)
    case nonBreakingSpaces(lines: Int, first: Int)
    /// Empty lines where an empty line of context must stand, which is a space.
    case emptyContext(lines: Int, first: Int)
    /// `git log`'s own header and indented message, made the header of a mail.
    case gitLogHeader(line: Int)
    case transportHeaders(lines: Int)
    case leftOutAbove(lines: Int)
    case leftOutBetween(lines: Int, first: Int)
    case leftOutBelow(lines: Int, first: Int)
    /// Nothing tells the patch's description from the page's own words.
    case noMailHeader(kept: Int)
    /// The names in the patch have no leading folder to take off.
    case noLeadingFolder
    /// Not undone: lines indented with spaces and not one tab, so that tabs may be lost.
    case noTabs(first: Int)

    /// Whether comparing the patch with a tree answers it.
    package var isAboutTabs: Bool { if case .noTabs = self { true } else { false } }

    package var description: String {
        func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }
        return switch self {
        case .html(let elements):
            "took the text out of the page's HTML (\(elements) <pre> element\(elements == 1 ? "" : "s"))"
        case .mailEncoding: "decoded the mail's transfer encoding"
        case .finalNewline(let line): "added the newline that line \(line), the last, lacks"
        case .carriageReturns(let count): "turned CRLF into LF (\(lines(count)))"
        case .entities(let count, let first):
            "turned HTML entities back into text (\(lines(count)), from line \(first))"
        case .nonBreakingSpaces(let count, let first):
            "turned non-breaking spaces into blanks (\(lines(count)), from line \(first))"
        case .emptyContext(let count, let first):
            "put back the blank that an empty line of context begins with (\(lines(count)), from line \(first))"
        case .gitLogHeader(let line): "made mail headers of git log's header at line \(line)"
        case .transportHeaders(let count): "left out the mail's transport headers (\(lines(count)))"
        case .leftOutAbove(let count): "left out \(lines(count)) above the patch"
        case .leftOutBetween(let count, let first): "left out \(lines(count)) inside the patch, from line \(first)"
        case .leftOutBelow(let count, let first): "left out \(lines(count)) below the patch, from line \(first)"
        case .noMailHeader(let count):
            "found no mail header: kept \(lines(count)) above the patch as its description; look at them"
        case .noLeadingFolder: "names in the patch have no leading folder: the series says -p0"
        case .noTabs(let first):
            "not mended: no line of the patch has a tab and line \(first) begins with eight blanks; if the page turned "
                + "tabs into blanks the patch cannot be mended; --source TREE compares it with a tree"
        }
    }
}
