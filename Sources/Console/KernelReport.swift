import Evidence

/// One report of trouble on a console.
package struct KernelReport: Sendable {
    package let headline: FindingHeadline
    /// The index of its first line.
    package let index: Int
    /// The report as it is on the console; if it is long, its middle is left out.
    package let excerpt: [String]

    /// The kernel may dump the broken object between the two.
    private static let longestPrologue = 24
    private static let longestEpilogue = 16
    /// The most lines in which the function is looked for: more than is shown, because the trace of the CPU that is stuck
    /// may come after others.
    private static let longestSearch = 400

    /// Calls `body` for each report in `lines`, in order.
    /// - Parameter markers: the indices of init's markers, in order: a report ends at a marker.
    package static func forEach(in lines: [ConsoleLine], markers: [Int], _ body: (KernelReport) -> Void) {
        let extent = ReportExtent(lines: lines)
        let openings = openings(in: lines)
        var next = NextOpening { $0.begins }
        var nextBesidePanics = NextOpening { $0.begins && $0.pattern.kind != .panic }
        var markers = markers[...]
        // An oops or BUG report goes on up to here, and an `Oops: 0002 [#1]` is part of it.
        var reported = -longestEpilogue
        for (position, opening) in openings.enumerated() {
            let index = opening.index
            // The kernel notes how a task died below the registers that end the report of why.
            let near = opening.pattern.isOneLine ? longestEpilogue : 0
            guard !(opening.pattern.continues && index < reported + near), !opening.followsPrologue else { continue }
            markers = markers.drop { $0 <= index }
            let marker = markers.first ?? lines.count
            let limit = min(next.line(after: position, of: openings) ?? lines.count, marker)
            let end = extent.end(from: index, before: limit, oneLine: opening.pattern.isOneLine)
            // The panic that panic_on_warn makes of a warning prints the warning's trace.
            let search = min(
                nextBesidePanics.line(after: position, of: openings) ?? lines.count, marker, index + longestSearch)
            reported = end
            body(
                KernelReport(
                    headline: headline(
                        opening.pattern, lines[index].text.utf8Suffix(from: opening.offset),
                        lines[index..<(opening.pattern.isOneLine ? end : max(search, end))]),
                    index: index, excerpt: extent.excerpt(from: index, to: end)))
        }
    }

    /// The line in which a report begins.
    private struct Opening {
        let index: Int
        let pattern: ReportPattern
        /// Where the report's text begins in the line, in bytes.
        let offset: Int
        /// Whether it is the warning or BUG that the kernel raises for the report before it.
        var followsPrologue = false

        var begins: Bool { !pattern.continues && !followsPrologue }
    }

    /// Finds the next opening of some sort after each opening, asked in order.
    private struct NextOpening {
        let isWanted: (Opening) -> Bool
        private var position = 0

        init(where isWanted: @escaping (Opening) -> Bool) { self.isWanted = isWanted }

        mutating func line(after current: Int, of openings: [Opening]) -> Int? {
            position = max(position, current + 1)
            while position < openings.count, !isWanted(openings[position]) { position += 1 }
            return position < openings.count ? openings[position].index : nil
        }
    }

    private static func openings(in lines: [ConsoleLine]) -> [Opening] {
        var openings: [Opening] = []
        for (index, line) in lines.enumerated() {
            guard let (pattern, text) = ReportCatalogue.match(line) else { continue }
            let offset = line.text.utf8.distance(from: line.text.startIndex, to: text.startIndex)
            var opening = Opening(index: index, pattern: pattern, offset: offset)
            if let last = openings.last, last.pattern.isPrologue, index - last.index <= longestPrologue {
                opening.followsPrologue =
                    pattern.kind == .warning || pattern.kind == .bug
                    // The line after a heading.
                    || pattern.kind == last.pattern.kind && index == last.index + 1 && !pattern.isPrologue
            }
            openings.append(opening)
        }
        let unknown = unknown(in: lines, beside: openings)
        guard !unknown.isEmpty else { return openings }
        openings += unknown
        openings.sort { $0.index < $1.index }
        return openings
    }

    private static let longestHead = 12
    private static let unknown = ReportPattern.starts(.warning, "", example: "------------[ cut here ]------------")

    /// The reports that no pattern knows: what follows `[ cut here ]`, or ends with `---[ end trace`.
    private static func unknown(in lines: [ConsoleLine], beside openings: [Opening]) -> [Opening] {
        var unknown: [Opening] = []
        var known = openings[...]
        var last: Int?
        func add(_ line: ConsoleLine) {
            unknown.append(Opening(index: line.number - 1, pattern: Self.unknown, offset: line.messageOffset))
        }
        for (index, line) in lines.enumerated() {
            while let next = known.first, next.index < index { last = known.removeFirst().index }
            if line.isCut {
                let isKnown = known.first.map { $0.index - index <= longestHead } ?? false
                guard !isKnown else { continue }
                add(lines[index...].dropFirst().first { !$0.message.trimmed.isEmpty } ?? line)
                last = index
            } else if line.endsTrace {
                if last.map({ index - $0 > longestSearch }) ?? true { add(line) }
                last = nil
            }
        }
        return unknown
    }

    private static func headline(_ pattern: ReportPattern, _ text: Substring, _ report: ArraySlice<ConsoleLine>)
        -> FindingHeadline
    {
        let (function, innermost) = ReportFunction(lines: report, text: text).names(in: pattern.functionPlaces)
        return FindingHeadline(
            kind: pattern.kind, line: report.startIndex + 1, text: text.trimmed.bounded(200), function: function,
            innermost: innermost, source: KernelSymbol.source(in: text))
    }
}

/// A finding in one line.
package struct FindingHeadline: Codable, Sendable, Equatable {
    package let kind: FindingKind
    /// The line of the console, counted from 1.
    package let line: Int
    /// The kernel's message without time stamp.
    package let text: String
    /// Where it happened; nil if the kernel does not say so.
    package let function: String?
    /// Where exactly a CPU was stuck within `function`; nil if the kernel does not say so, or if it is the same.
    package let innermost: String?
    /// Where in the source it happened, such as `mm/mmap.c:3661`.
    package let source: String?

    package init(
        kind: FindingKind, line: Int, text: String, function: String? = nil, innermost: String? = nil,
        source: String? = nil
    ) {
        self.kind = kind
        self.line = line
        self.text = text
        self.function = function
        self.innermost = innermost
        self.source = source
    }

    /// Whether it is the panic that panic_on_warn makes of the report before it.
    package var isPanicOverWarning: Bool { kind == .panic && text.holds("panic_on_warn") }

    /// `oops in page_remove_rmap`, for use in a sentence.
    package var words: String {
        if let function { return "\(kind.words) in \(function)\(innermost.map { ", at \($0)" } ?? "")" }
        if let source { return "\(kind.words) at \(source)" }
        return kind.words
    }

    /// The same for two reports of the same trouble in different builds: without addresses, offsets and numbers.
    package var signature: String {
        "\(kind.rawValue) \(function ?? source.map { String($0.prefix { $0 != ":" }) } ?? Self.withoutNumbers(text))"
    }

    /// The same, for a report that must not be taken for another in the same function.
    /// - Parameter excerpt: the report.
    package func signature(_ excerpt: [String]) -> String {
        guard kind == .lockdep else { return signature }
        return ([signature, Self.withoutNumbers(text)] + LockReport(excerpt).locks).joined(separator: " ")
    }

    /// Each run of hexadecimal digits that has a decimal one becomes `N`.
    private static func withoutNumbers(_ text: String) -> String {
        var kept: [UInt8] = []
        var run: [UInt8] = []
        func isDecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func endRun() {
            kept += run.contains(where: isDecimal) ? [UInt8(ascii: "N")] : run
            run.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8 {
            if isDecimal(byte) || (0x61...0x66).contains(byte | 0x20) {
                run.append(byte)
            } else {
                endRun()
                kept.append(byte)
            }
        }
        endRun()
        return String(decoding: kept, as: UTF8.self)
    }
}
