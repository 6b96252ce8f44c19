import Foundation
import Patches

/// The lines of a page, without the damage that saving did to every line.
struct PageText {
    var lines: [PageLine]
    /// UTF-8 if the page is valid UTF-8; otherwise Latin-1, which keeps every byte.
    let encoding: String.Encoding
    let endsWithNewline: Bool

    init(_ content: Data) {
        let content = content.starts(with: [0xEF, 0xBB, 0xBF]) ? content.dropFirst(3) : content
        encoding = String(data: content, encoding: .utf8) == nil ? .isoLatin1 : .utf8
        endsWithNewline = content.isEmpty || content.last == 10
        var parts = content.split(separator: 10, omittingEmptySubsequences: false)
        if endsWithNewline { parts.removeLast() }
        let encoding = encoding
        lines = parts.enumerated().map { index, bytes in
            // Both encodings decode every byte that gets here.
            PageLine(number: index + 1, text: String(data: Data(bytes), encoding: encoding) ?? "")
        }
        dropCarriageReturns()
        // In Latin-1 a byte A0 may be the second half of a letter.
        if encoding == .utf8 { replaceNonBreakingSpaces() }
        decodeEntities()
    }

    func data(_ text: String) -> Data { text.data(using: encoding) ?? Data(text.utf8) }

    /// Only if the headers of all hunks have one, because git leaves them alone in a patch to a file that has them.
    private mutating func dropCarriageReturns() {
        let hunks = lines.filter { $0.text.hasPrefix("@@ -") }
        guard !hunks.isEmpty, hunks.allSatisfy({ $0.text.utf8.last == 13 }) else { return }
        for index in lines.indices where lines[index].text.utf8.last == 13 {
            lines[index].text = String(lines[index].text.unicodeScalars.dropLast())
            lines[index].hadCarriageReturn = true
        }
    }

    private mutating func replaceNonBreakingSpaces() {
        for index in lines.indices where lines[index].text.unicodeScalars.contains("\u{A0}") {
            lines[index].text = lines[index].text.replacing("\u{A0}", with: " ")
            lines[index].hadNonBreakingSpace = true
        }
    }

    /// Treats the words above the first diff and the diffs separately, because some sites escape only one of them.
    private mutating func decodeEntities() {
        let texts = lines.map(\.text)
        let first = texts.indices.first { DiffReader.begins(at: $0, in: texts) } ?? texts.endIndex
        // What is above a mail belongs to the page.
        let mail = MailHeader(in: lines[..<first])?.range.lowerBound ?? lines.startIndex
        decodeEntities(in: mail..<first)
        decodeEntities(in: first..<lines.endIndex)
    }

    /// Escaped text has no bare `<` and no bare `&`; text that has one means its entities literally.
    private mutating func decodeEntities(in range: Range<Int>) {
        let isBare = lines[range].contains { $0.text.contains(/<|&(?!(?:lt|gt|amp|quot|apos|nbsp|#39|#34|#160);)/) }
        guard !isBare else { return }
        for index in range {
            let decoded = lines[index].text.replacing(/&(lt|gt|amp|quot|apos|nbsp|#39|#34|#160);/) {
                switch $0.1 {
                case "lt": "<"
                case "gt": ">"
                case "amp": "&"
                case "quot", "#34": "\""
                case "nbsp", "#160": " "
                default: "'"
                }
            }
            guard decoded != lines[index].text else { continue }
            lines[index].text = decoded
            lines[index].hadEntity = true
        }
    }
}

/// One line of a page, while it is repaired.
struct PageLine: Equatable {
    /// Counted from 1.
    let number: Int
    var text: String
    var hadCarriageReturn = false
    var hadEntity = false
    var hadNonBreakingSpace = false
    /// Whether it is an empty line where a hunk needs a space.
    var lostSpace = false

    /// Not `hasPrefix`, because to it a space with a combining mark after it is not a space.
    var first: UInt8? { text.utf8.first }

    var isEmpty: Bool { text.utf8.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 } }
}
