import Evidence

/// Reads a console while it grows, in pieces of any size, by the same grammar and catalogue as the judge.
///
/// The kernel can print at any time: a marker may come after a time stamp or the rest of a kernel line, and garbage may
/// be anywhere. What is not understood is skipped.
package struct ConsoleWatch: Sendable {
    /// Something to which drydock reacts, or that it shows to the user.
    package enum Sighting: Sendable, Equatable {
        case marker(Marker)
        /// A report after which the guest has ended, or may be stuck.
        case trouble(FindingKind, isOver: Bool)
    }

    /// A longer line is cut, because binary garbage has no line ends.
    private static let longestLine = 4096

    private var line: [UInt8] = []

    package init() {}

    /// What is seen in the lines that `bytes` completes, in order.
    package mutating func read(_ bytes: some Sequence<UInt8>) -> [Sighting] {
        var sightings: [Sighting] = []
        for byte in bytes {
            let endsLine = byte == ConsoleText.lineFeed || byte == ConsoleText.carriageReturn
            if !endsLine { line.append(byte) }
            if endsLine || line.count == Self.longestLine, let sighting = takeLine() { sightings.append(sighting) }
        }
        return sightings
    }

    /// What is seen in the last, unfinished line; to be called when the console is closed.
    package mutating func finish() -> [Sighting] { takeLine().map { [$0] } ?? [] }

    private mutating func takeLine() -> Sighting? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return nil }
        let text = ConsoleText.plain(Substring(decoding: line, as: UTF8.self))
        if let marker = Marker(text) { return .marker(marker) }
        guard let pattern = ReportCatalogue.match(ConsoleLine(number: 0, text: text))?.pattern else { return nil }
        return switch pattern.outlook {
        case .goesOn: nil
        case .mayBeStuck: .trouble(pattern.kind, isOver: false)
        case .isOver: .trouble(pattern.kind, isOver: true)
        }
    }
}
