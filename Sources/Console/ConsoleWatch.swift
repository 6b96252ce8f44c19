import Evidence

/// Reads a console while it grows, in pieces of any size, by the same grammar and catalogue as the judge reads it by later.
///
/// The kernel prints whenever it likes: a marker may be behind a time stamp or the rest of a kernel line, and garbage may be
/// anywhere. What is not understood is passed over.
package struct ConsoleWatch: Sendable {
    /// Something that the machine acts on, or tells its user.
    package enum Sighting: Sendable, Equatable {
        case marker(Marker)
        /// A report after which the guest is over, or may be stuck.
        case trouble(FindingKind, isOver: Bool)
    }

    /// A line is cut here: binary garbage has no line ends.
    private static let longestLine = 4096

    private var line: [UInt8] = []

    package init() {}

    /// What the lines completed by `bytes` say, in order.
    package mutating func read(_ bytes: some Sequence<UInt8>) -> [Sighting] {
        var sightings: [Sighting] = []
        for byte in bytes {
            let endsLine = byte == UInt8(ascii: "\n")
            if !endsLine { line.append(byte) }
            if endsLine || line.count == Self.longestLine, let sighting = takeLine() { sightings.append(sighting) }
        }
        return sightings
    }

    /// What the last, unfinished line says; to be asked when the console is closed.
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
