import Foundation

/// The text above a patch's diffs.
struct PatchHead {
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
            left = (above[..<log.range.lowerBound] + above[log.range.upperBound...]).count { !$0.isEmpty }
            mends.append(.gitLogHeader(line: log.line.number))
        } else {
            description = Array(above)
            let kept = above.count { !$0.isEmpty }
            if kept > 0 { mends.append(.noMailHeader(kept: kept)) }
        }
        if left > 0 { mends.append(.leftOutAbove(lines: left)) }
        subject = MailHeader.value(of: "Subject", in: lines)
        let empty = PageLine(number: 0, text: "")
        let trimmed = description.drop(while: \.isEmpty).reversed().drop(while: \.isEmpty).reversed()
        if !lines.isEmpty { lines.append(empty) }
        if !trimmed.isEmpty { lines += trimmed + [empty] }
    }
}

/// The header that `git log` and `git show` print, and the indented message below it.
struct GitLogHeader {
    /// The line with `commit`.
    let line: PageLine
    /// From, Date and Subject in the form of a mail.
    let headers: [PageLine]
    /// Without its indentation and its first paragraph.
    let description: [PageLine]
    /// From `commit` to the message's end, within the lines that were searched.
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
