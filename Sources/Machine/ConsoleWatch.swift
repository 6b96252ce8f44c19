import Foundation

/// Reads a console as it grows, in pieces of any size, and reports init's markers and the kernel's fatal signs.
///
/// The kernel prints whenever it likes: a marker may stand behind a time stamp or the rest of a kernel line, and
/// garbage may stand anywhere. What is not understood is passed over.
package struct ConsoleWatch: Sendable {
    /// A line is cut here: binary garbage has no line ends.
    private static let longestLine = 4096

    private var line: [UInt8] = []

    package init() {}

    /// What the lines completed by `bytes` say, in order.
    package mutating func read(_ bytes: some Sequence<UInt8>) -> [ConsoleEvent] {
        var events: [ConsoleEvent] = []
        for byte in bytes {
            let endsLine = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            if !endsLine { line.append(byte) }
            if endsLine || line.count == Self.longestLine { events += takeLine() }
        }
        return events
    }

    /// What the last, unfinished line says; to be asked when the console is closed.
    package mutating func finish() -> [ConsoleEvent] { takeLine() }

    private mutating func takeLine() -> [ConsoleEvent] {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return [] }
        // A NUL is what a serial port reads where nothing was sent.
        let text = String(decoding: line.filter { $0 != 0 }, as: UTF8.self)
        return Self.events(in: text)
    }

    private static func events(in text: String) -> [ConsoleEvent] {
        if let start = text.range(of: "drydock: ")?.upperBound {
            // The kernel may print between a marker and its line end, and the end comes later.
            let end = text[start...].firstRange(of: /\[ *\d+\.\d+\]/)?.lowerBound ?? text.endIndex
            return ConsoleEvent(marker: text[start..<end].trimmingSuffix(while: \.isWhitespace)).map { [$0] } ?? []
        }
        return FatalSign(line: text).map { [.fatal($0, line: text)] } ?? []
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
