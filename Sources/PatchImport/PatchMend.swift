/// A repair of what the web did to a patch, or a part of the page that was left out.
package enum PatchMend: Sendable, Equatable, CustomStringConvertible {
    /// The patch was in one of the `<pre>` elements of an HTML page.
    case html(elements: Int)
    /// Quoted-printable, base64, or encoded words in the headers.
    case mailEncoding
    case finalNewline(line: Int)
    case carriageReturns(lines: Int)
    case entities(lines: Int, first: Int)
    case nonBreakingSpaces(lines: Int, first: Int)
    /// Empty lines in place of empty context lines, which have one space.
    case emptyContext(lines: Int, first: Int)
    /// `git log`'s header and indented message, turned into a mail header.
    case gitLogHeader(line: Int)
    case transportHeaders(lines: Int)
    case leftOutAbove(lines: Int)
    case leftOutBetween(lines: Int, first: Int)
    case leftOutBelow(lines: Int, first: Int)
    /// Nothing separates the patch's description from the page's own words.
    case noMailHeader(kept: Int)
    /// The names in the patch have no leading directory to strip.
    case noLeadingFolder
    /// Not repaired: lines are indented with spaces and there is no tab, so tabs may be lost.
    case noTabs(first: Int)

    /// Whether a comparison of the patch with a tree settles it.
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
            "turned non-breaking spaces into spaces (\(lines(count)), from line \(first))"
        case .emptyContext(let count, let first):
            "put back the space that an empty context line begins with (\(lines(count)), from line \(first))"
        case .gitLogHeader(let line): "made mail headers from git log's header at line \(line)"
        case .transportHeaders(let count): "left out the mail's transport headers (\(lines(count)))"
        case .leftOutAbove(let count): "left out \(lines(count)) above the patch"
        case .leftOutBetween(let count, let first): "left out \(lines(count)) inside the patch, from line \(first)"
        case .leftOutBelow(let count, let first): "left out \(lines(count)) below the patch, from line \(first)"
        case .noMailHeader(let count):
            "found no mail header: kept \(lines(count)) above the patch as its description; look at them"
        case .noLeadingFolder: "file names in the patch have no leading directory: the series says -p0"
        case .noTabs(let first):
            "not repaired: no line of the patch has a tab, and line \(first) begins with eight spaces; "
                + "if the page turned tabs into spaces, the patch cannot be repaired; "
                + "--source TREE compares it with a tree"
        }
    }
}
