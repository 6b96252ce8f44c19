import Glibc

/// Makes what a kernel or a workload wrote safe to read and show.
package enum ConsoleText {
    /// Splits at line feeds and lone carriage returns, and removes control characters and terminal escapes.
    ///
    /// The lines share the text's memory as far as they can.
    package static func lines(of text: String) -> [Substring] {
        let bytes = text.utf8
        var lines: [Substring] = []
        var start = bytes.startIndex
        var index = start
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            let endsLine =
                byte == lineFeed
                || byte == carriageReturn && start < index && next < bytes.endIndex
                    && bytes[next] != lineFeed && bytes[next] != carriageReturn
            if endsLine {
                lines.append(plain(text[start..<index]))
                start = next
            }
            index = next
        }
        if start < bytes.endIndex { lines.append(plain(text[start...])) }
        return lines
    }

    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    /// One line without control characters and terminal escapes.
    static func plain(_ line: Substring) -> Substring {
        guard line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return line }
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
        return Substring(String(kept))
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
        utf8.count <= count || self.count <= count ? String(self) : prefix(count - 3) + "..."
    }

    /// Whether the text contains `needle`, byte for byte.
    package func holds(_ needle: String) -> Bool { byteOffset(of: needle) != nil }

    /// The offset of the first `needle`, in bytes of UTF-8.
    package func byteOffset(of needle: String) -> Int? { byteOffset(of: needle, from: 0) }

    /// The offset of the last one.
    func lastByteOffset(of needle: String) -> Int? {
        var last: Int?
        while let next = byteOffset(of: needle, from: last.map { $0 + 1 } ?? 0) { last = next }
        return last
    }

    private func byteOffset(of needle: String, from start: Int) -> Int? {
        var needle = needle
        return needle.withUTF8 { needle in
            let found = utf8.withContiguousStorageIfAvailable { Self.offset(of: needle, in: $0, from: start) }
            // A string that is not stored as UTF-8; only bridged strings are not.
            return found ?? Array(utf8).withUnsafeBufferPointer { Self.offset(of: needle, in: $0, from: start) }
        }
    }

    private static func offset(
        of needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let base = hay.baseAddress, let wanted = needle.baseAddress, !needle.isEmpty else { return nil }
        var start = start
        while start + needle.count <= hay.count,
            let found = memchr(base + start, Int32(needle[0]), hay.count - needle.count + 1 - start)
        {
            let offset = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(found, wanted, needle.count) == 0 { return offset }
            start = offset + 1
        }
        return nil
    }

    /// The text after the first `needle`; nil if there is none.
    package func after(_ needle: String) -> String? {
        byteOffset(of: needle).map { String(decoding: utf8.dropFirst($0 + needle.utf8.count), as: UTF8.self) }
    }
}

/// One line of a console.
package struct ConsoleLine: Sendable {
    /// Counted from 1.
    package let number: Int
    package let text: Substring

    package init(number: Int, text: Substring) {
        self.number = number
        self.text = text
    }

    /// The lines of a whole console.
    package static func all(in console: String) -> [ConsoleLine] {
        ConsoleText.lines(of: console).enumerated().map { ConsoleLine(number: $0 + 1, text: $1) }
    }

    /// The kernel's message as it was printed, or the whole line.
    package var message: Substring { withBytes { text.utf8Suffix(from: Self.afterPrefixes($0, 0)) } }

    /// Where a kernel message may begin: behind time stamp and level, and again behind each later time stamp or level,
    /// because two CPUs, or init and the kernel, can print into one line. In bytes.
    var messageStarts: [Int] {
        withBytes { bytes in
            var starts = [Self.afterPrefixes(bytes, 0)]
            var index = 1
            while index < bytes.count, starts.count < Self.mostMessages {
                if let end = Self.prefixEnd(bytes, index) {
                    let start = Self.afterPrefixes(bytes, end)
                    if start != starts.last { starts.append(start) }
                    index = Swift.max(start, index + 1)
                } else {
                    index += 1
                }
            }
            return starts
        }
    }

    private static let mostMessages = 64

    private func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }

    /// Whether the line may report something: not one that quotes what a user wrote, or that closes a panic.
    var isOrdinary: Bool {
        Self.ordinary.contains { message.hasPrefix($0) }
    }

    /// Whether a warning or a BUG begins below it.
    var isCut: Bool { text.holds("[ cut here ]") || text.holds("[cut here ]") }
    var endsTrace: Bool { text.holds("---[ end trace ") }

    private static let ordinary = [
        "Kernel command line:", "Command line:", "Unknown kernel command line parameters", "Linux version ",
        "---[ end ", "Unknown boot option",
    ]

    private static func afterPrefixes(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var index = start
        func skipSpaces() { while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 } }
        skipSpaces()
        while let end = prefixEnd(bytes, index) {
            index = end
            skipSpaces()
        }
        return index
    }

    /// A time stamp is no longer than this.
    private static let longestPrefix = 26

    /// The end of a `<4>`, `[    1.234567]` or `[   T1]` at `start`.
    private static func prefixEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "<"):
            guard start + 2 < bytes.count, (0x30...0x37).contains(bytes[start + 1]),
                bytes[start + 2] == UInt8(ascii: ">")
            else { return nil }
            return start + 3
        case UInt8(ascii: "["):
            let inner = UnsafeBufferPointer(rebasing: bytes[(start + 1)..<min(start + longestPrefix, bytes.count)])
            guard let close = inner.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let body = inner[..<close].drop { $0 == UInt8(ascii: " ") }
            return isTimeStamp(body) || isCaller(body) ? start + 1 + close + 1 : nil
        default: return nil
        }
    }

    private static func isTimeStamp(_ body: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let point = body.firstIndex(of: UInt8(ascii: ".")) else { return false }
        let (seconds, rest) = (body[..<point], body[body.index(after: point)...])
        return !seconds.isEmpty && seconds.allSatisfy(isDigit) && rest.count == 6 && rest.allSatisfy(isDigit)
    }

    /// Whether it is the task or CPU that CONFIG_PRINTK_CALLER adds.
    private static func isCaller(_ body: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        (body.first == UInt8(ascii: "T") || body.first == UInt8(ascii: "C")) && body.count > 1
            && body.dropFirst().allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Substring {
    /// - Parameter offset: in bytes.
    func utf8Suffix(from offset: Int) -> Substring { self[utf8.index(utf8.startIndex, offsetBy: offset)...] }
}

extension BidirectionalCollection {
    /// The longest end of it of which every element is wanted.
    func suffix(while isWanted: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, isWanted(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
