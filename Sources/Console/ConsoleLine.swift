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
