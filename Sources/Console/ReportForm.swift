/// Reports that are known by their form, whatever their words are.
enum ReportForm {
    /// The words, error code and number with which the kernel begins to die: `alignment check: 0000 [#1] SMP`.
    @Sendable static func dieHeader(_ text: Substring) -> Substring? {
        let bytes = Array(text.utf8)
        func isWord(_ byte: UInt8) -> Bool {
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber || " _-()".contains(character))
        }
        for index in bytes.indices where index >= 7 && bytes[index] == UInt8(ascii: "[") {
            guard bytes[index - 1] == UInt8(ascii: " "), bytes[(index - 5)..<(index - 1)].allSatisfy(isHexadecimal),
                bytes[index - 6] == UInt8(ascii: " "), bytes[index - 7] == UInt8(ascii: ":")
            else { continue }
            let number = bytes[(index + 1)...].drop { $0 == UInt8(ascii: "#") }
            let end = number.firstIndex { !(0x30...0x39).contains($0) }
            guard let end, end > number.startIndex, bytes[end] == UInt8(ascii: "]") else { continue }
            let words = bytes[..<(index - 7)].suffix(while: isWord)
            if !words.isEmpty { return text.utf8Suffix(from: words.startIndex) }
        }
        return nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    /// SLUB's `BUG CACHE (TAINT): WHAT`, before 2.6.38 without the taint; not `DEBUG x: `.
    @Sendable static func slub(_ text: Substring) -> Substring? {
        guard let offset = text.byteOffset(of: "BUG "), let end = text.utf8Suffix(from: offset).byteOffset(of: ": ")
        else {
            return nil
        }
        if offset > 0, (0x41...0x5A).contains(text.utf8[text.utf8.index(text.utf8.startIndex, offsetBy: offset - 1)]) {
            return nil
        }
        let words = text.utf8Suffix(from: offset).utf8.prefix(end).split(separator: UInt8(ascii: " "))
        // A cache has one word for a name; the taint has a parenthesis.
        let isNamed = words.count == 2 || words.count > 2 && words[2].first == UInt8(ascii: "(")
        return isNamed ? text.utf8Suffix(from: offset) : nil
    }

    /// `BUG: ` with anything behind it; not `DEBUG: `.
    @Sendable static func bug(_ text: Substring) -> Substring? {
        let bytes = Array(text.utf8)
        let word = Array("BUG: ".utf8)
        return bytes.indices.first { index in
            bytes[index...].starts(with: word) && (index == 0 || !(0x41...0x5A).contains(bytes[index - 1]))
        }.map(text.utf8Suffix)
    }
}
