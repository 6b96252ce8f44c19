import Glibc

/// Makes what a kernel or a workload wrote safe to read and show.
package enum ConsoleText {
    /// Splits at line feeds and lone carriage returns, and removes control characters and terminal escapes.
    ///
    /// The lines share the text's memory as far as they can.
    package static func lines(of text: String) -> [Substring] {
        var lines: [Substring] = []
        forEachLine(of: text) { lines.append($0) }
        return lines
    }

    static func forEachLine(of text: String, _ body: (Substring) -> Void) {
        let bytes = text.utf8
        var start = bytes.startIndex
        var index = start
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            if byte == lineFeed {
                // A serial console has both.
                var end = index
                while end > start, bytes[bytes.index(before: end)] == carriageReturn { end = bytes.index(before: end) }
                body(plain(text[start..<end]))
                start = next
            } else if byte == carriageReturn, start < index, next < bytes.endIndex,
                bytes[next] != lineFeed, bytes[next] != carriageReturn
            {
                body(plain(text[start..<index]))
                start = next
            }
            index = next
        }
        if start < bytes.endIndex { body(plain(text[start...])) }
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

    /// Byte for byte, unlike `hasPrefix`, which is slow on a part of a string.
    package func begins(with start: String) -> Bool { utf8.starts(with: start.utf8) }

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

    /// The decimal number at its start, nil if there is none or it is too large, and the text behind that.
    package var leadingNumber: (number: Int?, rest: Substring) {
        let digits = utf8.prefix { (0x30...0x39).contains($0) }
        let rest = Substring(self)[digits.endIndex...]
        return (digits.count < 18 ? Int(String(decoding: digits, as: UTF8.self)) : nil, rest)
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
        var lines: [ConsoleLine] = []
        // A console of many megabytes is in memory only once.
        lines.reserveCapacity(console.utf8.count { $0 == ConsoleText.lineFeed } + 1)
        ConsoleText.forEachLine(of: console) { lines.append(ConsoleLine(number: lines.count + 1, text: $0)) }
        return lines
    }

    /// The kernel's message as it was printed, or the whole line.
    package var message: Substring { text.utf8Suffix(from: messageOffset) }

    /// Where the message begins, in bytes.
    var messageOffset: Int { withBytes(MessagePrefix.end) }

    /// Where a kernel message may begin: behind time stamp and level, and again behind each later time stamp or level,
    /// because two CPUs, or init and the kernel, can print into one line. In bytes.
    var messageStarts: [Int] {
        withBytes { bytes in
            var starts = [MessagePrefix.end(of: bytes)]
            var index = 1
            while index < bytes.count, starts.count < Self.mostMessages {
                if let end = MessagePrefix.one(bytes, at: index) {
                    let start = MessagePrefix.all(bytes, from: end)
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
        let message = message
        return Self.ordinary.contains { message.begins(with: $0) }
    }

    /// Whether a warning or a BUG begins below it.
    var isCut: Bool { text.holds("[ cut here ]") || text.holds("[cut here ]") }
    var endsTrace: Bool { text.holds("---[ end trace ") }

    private static let ordinary = [
        "Kernel command line:", "Command line:", "Unknown kernel command line parameters", "Linux version ",
        "---[ end ", "Unknown boot option",
    ]
}

extension Substring {
    /// - Parameter offset: in bytes.
    func utf8Suffix(from offset: Int) -> Substring { self[utf8.index(utf8.startIndex, offsetBy: offset)...] }
}

extension BidirectionalCollection {
    /// The longest end of it of which every element is wanted.
    package func suffix(while isWanted: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, isWanted(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
