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
