/// Makes what a kernel or a workload wrote safe to read and show.
package enum ConsoleText {
    /// Splits at line feeds and removes control characters and terminal escapes.
    package static func lines(of text: String) -> [String] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            plain(Substring($0))
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// One line without control characters and terminal escapes.
    static func plain(_ line: Substring) -> String {
        guard line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return String(line) }
        var kept = String.UnicodeScalarView()
        var escape = Escape.none
        for scalar in line.unicodeScalars {
            switch (escape, scalar.value) {
            case (_, 0x1B): escape = .begun
            case (.begun, 0x5B): escape = .inside
            case (.begun, _): escape = .none
            case (.inside, 0x40...0x7E): escape = .none
            case (.inside, _): break
            case (.none, 0x09): kept.append(" ")
            case (.none, 0..<0x20), (.none, 0x7F): break
            case (.none, _): kept.append(scalar)
            }
        }
        return String(kept)
    }

    private enum Escape { case none, begun, inside }
}

extension StringProtocol {
    package var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// At most `count` characters; the last one is an ellipsis if the text was cut.
    package func bounded(_ count: Int) -> String {
        self.count <= count ? String(self) : prefix(count - 3) + "..."
    }

    /// Whether the text contains `needle`, byte for byte.
    package func holds(_ needle: String) -> Bool { byteOffset(of: needle) != nil }

    /// The offset of the first `needle`, in bytes of UTF-8.
    package func byteOffset(of needle: String) -> Int? {
        let found = utf8.withContiguousStorageIfAvailable { hay in
            needle.utf8.withContiguousStorageIfAvailable { needle in Self.offset(of: needle, in: hay) }
        }
        // A string that is not stored as UTF-8; only bridged strings are not.
        guard case .some(.some(let offset)) = found else {
            return Self.offset(of: Array(needle.utf8), in: Array(utf8))
        }
        return offset
    }

    private static func offset(
        of needle: some RandomAccessCollection<UInt8>, in hay: some RandomAccessCollection<UInt8>
    )
        -> Int?
    {
        guard let first = needle.first, hay.count >= needle.count else { return nil }
        var start = hay.startIndex
        let last = hay.index(hay.endIndex, offsetBy: -needle.count)
        while start <= last {
            if hay[start] == first, hay[start...].starts(with: needle) {
                return hay.distance(from: hay.startIndex, to: start)
            }
            start = hay.index(after: start)
        }
        return nil
    }

    /// The text after the first `needle`; nil if there is none.
    package func after(_ needle: String) -> String? {
        byteOffset(of: needle).map { String(decoding: utf8.dropFirst($0 + needle.utf8.count), as: UTF8.self) }
    }
}

/// One line of a console, with the places at which a kernel message may begin in it.
package struct ConsoleLine: Sendable {
    /// Counted from 1.
    package let number: Int
    package let text: String
    /// The text without time stamp and level, and again from each later time stamp or level on, because two CPUs, or
    /// init and the kernel, can print into one line.
    package let messages: [Substring]

    package init(number: Int, text: String) {
        self.number = number
        self.text = text
        var starts = [Self.afterPrefixes(text[...])]
        var rest = text[...].dropFirst()
        while let sign = rest.firstIndex(where: { $0 == "[" || $0 == "<" }) {
            if let end = Self.prefixEnd(rest[sign...]) {
                let message = Self.afterPrefixes(rest[end...])
                if message.startIndex != starts[starts.count - 1].startIndex { starts.append(message) }
                rest = message
            } else {
                rest = rest[rest.index(after: sign)...]
            }
        }
        messages = starts
    }

    /// The kernel's message as it was printed, or the whole line.
    package var message: Substring { messages[0] }

    /// Whether the line may report something: not one that quotes what a user wrote, or that closes a panic.
    var isOrdinary: Bool {
        Self.ordinary.contains { message.hasPrefix($0) }
    }

    /// Whether a warning or a BUG begins below it.
    var isCut: Bool { text.holds("[ cut here ]") || text.holds("[cut here ]") }
    var endsTrace: Bool { message.hasPrefix("---[ end trace ") }

    private static let ordinary = [
        "Kernel command line:", "Command line:", "Unknown kernel command line parameters", "Linux version ",
        "---[ end ", "Unknown boot option",
    ]

    private static func afterPrefixes(_ text: Substring) -> Substring {
        var rest = text.drop { $0 == " " }
        while let end = prefixEnd(rest) { rest = rest[end...].drop { $0 == " " } }
        return rest
    }

    /// The end of a `<4>`, `[    1.234567]` or `[   T1]` at the start of the text.
    private static func prefixEnd(_ text: Substring) -> Substring.Index? {
        let isLevel = text.first == "<"
        guard isLevel || text.first == "[" else { return nil }
        let inner = text.dropFirst()
        guard let close = inner.firstIndex(of: isLevel ? ">" : "]") else { return nil }
        let body = inner[..<close]
        guard body.utf8.count <= 24 else { return nil }
        let isPrefix = isLevel ? isLogLevel(body) : isTimeStamp(body) || isCaller(body)
        return isPrefix ? inner.index(after: close) : nil
    }

    private static func isLogLevel(_ body: Substring) -> Bool {
        body.utf8.count == 1 && body.utf8.allSatisfy { (0x30...0x37).contains($0) }
    }

    private static func isTimeStamp(_ body: Substring) -> Bool {
        let parts = body.drop { $0 == " " }.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.allSatisfy(isDigit)
            && parts[1].utf8.count == 6 && parts[1].utf8.allSatisfy(isDigit)
    }

    /// Whether it is the task or CPU that CONFIG_PRINTK_CALLER adds.
    private static func isCaller(_ body: Substring) -> Bool {
        let name = body.drop { $0 == " " }
        return (name.first == "T" || name.first == "C") && name.utf8.count > 1
            && name.utf8.dropFirst().allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
