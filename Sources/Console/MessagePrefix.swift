/// What stands before a kernel's message: its own level, time and caller, and what a log daemon or a terminal adds.
enum MessagePrefix {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Where the message of a line begins.
    static func end(of line: Bytes) -> Int {
        let start = all(line, from: 0)
        return all(line, from: logEnd(line, start) ?? start)
    }

    /// Behind the kernel's own prefixes, of which there may be none.
    static func all(_ bytes: Bytes, from start: Int) -> Int {
        var index = skipSpaces(bytes, start)
        while let end = one(bytes, at: index) { index = skipSpaces(bytes, end) }
        return index
    }

    /// The end of a `<4>`, `[    1.234567]`, `[   T1]` or `[Mon Nov 30 12:00:00 2026]` at `start`.
    static func one(_ bytes: Bytes, at start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "<"):
            let end = start + 1 + digits(bytes, from: start + 1)
            return (2...4).contains(end - start) && byte(bytes, end) == UInt8(ascii: ">") ? end + 1 : nil
        case UInt8(ascii: "["):
            let inner = Bytes(rebasing: bytes[(start + 1)..<min(start + longestBracket, bytes.count)])
            guard let close = inner.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let body = Bytes(rebasing: inner[min(skipSpaces(inner, 0), close)..<close])
            return isUptime(body) || isCaller(body) || isDate(body) ? start + close + 2 : nil
        default: return nil
        }
    }

    /// A time is no longer than this.
    private static let longestBracket = 32

    private static func byte(_ bytes: Bytes, _ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private static func skipSpaces(_ bytes: Bytes, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
        return index
    }

    private static func digits(_ bytes: Bytes, from start: Int) -> Int {
        var index = start
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        return index - start
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// `1.234567`, `+0.000012` as dmesg shows the difference, `1.234567@0` with the CPU.
    private static func isUptime(_ body: Bytes) -> Bool {
        var index = byte(body, 0) == UInt8(ascii: "+") ? 1 : 0
        let seconds = digits(body, from: index)
        index += seconds
        guard seconds > 0, byte(body, index) == UInt8(ascii: ".") else { return false }
        let fraction = digits(body, from: index + 1)
        index += 1 + fraction
        guard (1...9).contains(fraction) else { return false }
        if byte(body, index) == UInt8(ascii: "@") { index += 1 + digits(body, from: index + 1) }
        return index == body.count
    }

    /// The task or CPU that CONFIG_PRINTK_CALLER adds.
    private static func isCaller(_ body: Bytes) -> Bool {
        guard let first = body.first, first == UInt8(ascii: "T") || first == UInt8(ascii: "C") else { return false }
        return body.count > 1 && digits(body, from: 1) == body.count - 1
    }

    /// A time of day with or without a date: of `dmesg -T` and `-e`, and of programs that record a terminal.
    private static func isDate(_ body: Bytes) -> Bool {
        body.count >= 8 && body.contains(UInt8(ascii: ":"))
            && body.allSatisfy { isDigit($0) || isLetter($0) || " :-+.,".utf8.contains($0) }
            && hasTime(body, within: body.count, seconds: isDigit(body[0]))
    }

    /// Whether `12:00` or `12:00:00` is in the first bytes.
    private static func hasTime(_ bytes: Bytes, within count: Int, seconds: Bool = true) -> Bool {
        let length = seconds ? 8 : 5
        guard count >= length else { return false }
        return (0...(min(count, bytes.count) - length)).contains { start in
            (0..<length).allSatisfy { offset in
                offset % 3 == 2 ? bytes[start + offset] == UInt8(ascii: ":") : isDigit(bytes[start + offset])
            }
        }
    }
}

// What is not the kernel's, and only at the start of a line.
extension MessagePrefix {
    private static let longestLogPrefix = 160

    /// `Nov 30 12:00:00 host kernel: `, `2026-11-30T12:00:00Z `, `kern  :alert : `, `4,1138,1234567,-;`.
    private static func logEnd(_ bytes: Bytes, _ start: Int) -> Int? {
        guard let first = byte(bytes, start), isDigit(first) || isLetter(first) else { return nil }
        return daemon(bytes, start)
            ?? (isDigit(first) ? record(bytes, start) ?? time(bytes, start) : level(bytes, start))
    }

    /// A time of day, whatever else, and `kernel: `.
    private static func daemon(_ bytes: Bytes, _ start: Int) -> Int? {
        let line = Bytes(rebasing: bytes[start..<min(start + longestLogPrefix, bytes.count)])
        guard line.count > longestTime, hasTime(line, within: longestTime) else { return nil }
        let name = " kernel: ".utf8
        let place = line.indices.dropLast(name.count - 1).first { line[$0...].starts(with: name) }
        return place.map { start + $0 + name.count }
    }

    /// In `Nov 30 12:00:00` and `Mon Nov 30 12:00:00 2026` the time ends before this.
    private static let longestTime = 20

    /// What /dev/kmsg gives: level, number, microseconds, flags, and a semicolon.
    private static func record(_ bytes: Bytes, _ start: Int) -> Int? {
        var index = start
        for _ in 0..<3 {
            let count = digits(bytes, from: index)
            guard count > 0, byte(bytes, index + count) == UInt8(ascii: ",") else { return nil }
            index += count + 1
        }
        return bytes[index..<min(index + 64, bytes.count)].firstIndex(of: UInt8(ascii: ";")).map { $0 + 1 }
    }

    /// One or two words of digits that have a time of day, before a time stamp of the kernel.
    private static func time(_ bytes: Bytes, _ start: Int) -> Int? {
        let end = bytes[start..<min(start + longestBracket, bytes.count)].firstIndex { byte in
            !isDigit(byte) && !"-:.+,TZ ".utf8.contains(byte)
        }
        guard let end, end > start, hasTime(Bytes(rebasing: bytes[start..<end]), within: end - start) else {
            return nil
        }
        return one(bytes, at: end).map { _ in end }
    }

    /// `kern  :alert : ` of `dmesg -x`.
    private static func level(_ bytes: Bytes, _ start: Int) -> Int? {
        guard bytes[start...].starts(with: "kern ".utf8) else { return nil }
        var index = skipSpaces(bytes, start + 4)
        guard byte(bytes, index) == UInt8(ascii: ":") else { return nil }
        index += 1
        while index < bytes.count, isLetter(bytes[index]) { index += 1 }
        index = skipSpaces(bytes, index)
        return byte(bytes, index) == UInt8(ascii: ":") ? index + 1 : nil
    }
}
