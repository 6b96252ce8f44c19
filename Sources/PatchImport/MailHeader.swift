import Foundation

/// The headers above a patch's description, among the lines between one diff and the next.
struct MailHeader {
    /// The lines of the header, within those that were searched.
    let range: Range<Int>
    /// Its lines that belong to the patch, with their continuations.
    let kept: [PageLine]
    /// How many lines only tell the mail's way.
    let transport: Int

    /// The last block of headers that has a Subject and a From or a Date; if there is none, the last with only a
    /// Subject.
    init?(in lines: ArraySlice<PageLine>) {
        var blocks: [Range<Int>] = []
        var index = lines.startIndex
        while index < lines.endIndex {
            var end = index
            while end < lines.endIndex, Self.isHeader(lines[end]) || end > index && Self.isContinuation(lines[end]) {
                end += 1
            }
            if end > index { blocks.append(index..<end) }
            index = max(end, index + 1)
        }
        func has(_ block: Range<Int>, _ name: some RegexComponent) -> Bool {
            lines[block].contains { $0.text.contains(name) }
        }
        let subjects = blocks.filter { has($0, /^Subject:/.ignoresCase()) }
        let whole = subjects.last { has($0, /^(?:From|Date):/.ignoresCase()) }
        guard let range = whole ?? subjects.last else { return nil }
        self.range = range
        var kept: [PageLine] = []
        var isKept = true
        for line in lines[range] {
            if !Self.isContinuation(line) { isKept = !Self.isTransport(line) }
            if isKept { kept.append(line) }
        }
        self.kept = kept
        transport = range.count - kept.count
    }

    /// The header's value, unfolded.
    static func value(of name: String, in lines: [PageLine]) -> String? {
        guard let start = lines.firstIndex(where: { $0.text.lowercased().hasPrefix("\(name.lowercased()):") }) else {
            return nil
        }
        let rest = lines[(start + 1)...].prefix(while: isContinuation).map { $0.text.trimmingWhitespace }
        let value = ([String(lines[start].text.dropFirst(name.count + 1)).trimmingWhitespace] + rest)
            .joined(separator: " ")
        return value.isEmpty ? nil : value
    }

    private static func isHeader(_ line: PageLine) -> Bool { line.text.contains(/^[A-Za-z][A-Za-z0-9-]*:( |\t|$)/) }

    private static func isContinuation(_ line: PageLine) -> Bool {
        !line.isEmpty && (line.text.hasPrefix(" ") || line.text.hasPrefix("\t"))
    }

    /// Whether mail programs and lists write the line for each other.
    private static func isTransport(_ line: PageLine) -> Bool {
        let name = line.text.prefix { $0 != ":" }.lowercased()
        return transportNames.contains(name) || transportPrefixes.contains { name.hasPrefix($0) }
    }

    private static let transportPrefixes = [
        "arc-", "authentication-", "content-", "dkim-", "domainkey-", "list-", "received", "thread-", "x-",
    ]

    private static let transportNames: Set = [
        "archived-at", "autocrypt", "bcc", "cc", "delivered-to", "envelope-to", "errors-to", "in-reply-to", "lines",
        "mailing-list", "mime-version", "newsgroups", "organization", "path", "precedence", "references", "reply-to",
        "return-path", "sender", "status", "to", "user-agent", "xref",
    ]
}

extension String {
    var trimmingWhitespace: String { trimmingCharacters(in: .whitespaces) }
}
