import Foundation

/// The header `git log` and `git show` print, and the message they indent below it.
struct GitLogHeader {
    /// Where `commit` stands.
    let line: PageLine
    /// From, Date and Subject as a mail has them.
    let headers: [PageLine]
    /// Without its indentation and its first paragraph.
    let description: [PageLine]
    /// From `commit` to the message's end, within the lines it was looked for in.
    let range: Range<Int>

    init?(in lines: ArraySlice<PageLine>) {
        guard let start = lines.lastIndex(where: { $0.text.contains(/^commit [0-9a-f]{7,64}\b/) }) else { return nil }
        let below = lines[(start + 1)...]
        guard let author = Self.field("Author", in: below) else { return nil }
        let indented = below.drop { !$0.text.hasPrefix("    ") }.prefix { $0.isEmpty || $0.text.hasPrefix("    ") }
        let message = indented.map { line in
            var line = line
            line.text = String(line.text.dropFirst(4))
            return line
        }
        let subject = message.prefix { !$0.isEmpty }
        guard let first = subject.first else { return nil }
        range = start..<indented.endIndex
        line = lines[start]
        var headers = [PageLine(number: author.number, text: "From: \(author.value)")]
        if let date = Self.field("Date", in: below) ?? Self.field("AuthorDate", in: below) {
            headers.append(PageLine(number: date.number, text: "Date: \(date.value)"))
        }
        let words = subject.map { $0.text.trimmingWhitespace }.joined(separator: " ")
        headers.append(PageLine(number: first.number, text: "Subject: \(words)"))
        self.headers = headers
        description = Array(message.dropFirst(subject.count))
    }

    private static func field(_ name: String, in lines: ArraySlice<PageLine>) -> (number: Int, value: String)? {
        lines.prefix { !$0.isEmpty }.first { $0.text.hasPrefix("\(name):") }.map {
            ($0.number, String($0.text.dropFirst(name.count + 1)).trimmingWhitespace)
        }
    }
}
