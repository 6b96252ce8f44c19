import Evidence

/// One report of trouble on a console.
package struct KernelReport: Sendable {
    package let headline: FindingHeadline
    /// The index of its first line.
    package let index: Int
    /// The report as it is on the console; if it is long, its middle is left out.
    package let excerpt: [String]

    private static let longestPrologue = 8

    /// The reports in `lines`, in order.
    /// - Parameter markers: of init, one entry per line: a report ends at a marker.
    package static func all(in lines: [ConsoleLine], markers: [Marker?]) -> [KernelReport] {
        let extent = ReportExtent(lines: lines)
        let openings = openings(in: lines)
        var reports: [KernelReport] = []
        // An oops or BUG report goes on up to here, and an `Oops: 0002 [#1]` is part of it.
        var reported = 0
        for (position, opening) in openings.enumerated() {
            let index = opening.index
            guard !(opening.pattern.continues && index < reported), !opening.followsPrologue else { continue }
            let next = openings[(position + 1)...].first { !$0.pattern.continues && !$0.followsPrologue }?.index
            let marker = markers[(index + 1)...].firstIndex { $0 != nil }
            let end = extent.end(
                from: index, before: min(next ?? lines.count, marker ?? lines.count), oneLine: opening.pattern.isOneLine
            )
            reported = end
            reports.append(
                KernelReport(
                    headline: headline(opening.pattern, opening.text, lines[index..<end]), index: index,
                    excerpt: extent.excerpt(from: index, to: end)))
        }
        return reports
    }

    private struct Opening {
        let index: Int
        let pattern: ReportPattern
        let text: String
        /// Whether it is the warning or BUG that the kernel raises for the report before it.
        var followsPrologue = false
    }

    private static func openings(in lines: [ConsoleLine]) -> [Opening] {
        var openings: [Opening] = []
        for (index, line) in lines.enumerated() {
            guard let (pattern, text) = ReportCatalogue.match(line) else { continue }
            var opening = Opening(index: index, pattern: pattern, text: text)
            if let last = openings.last, last.pattern.isPrologue, index - last.index <= longestPrologue {
                opening.followsPrologue = pattern.kind == .warning || pattern.kind == .bug
            }
            openings.append(opening)
        }
        return openings
    }

    private static func headline(_ pattern: ReportPattern, _ text: String, _ report: ArraySlice<ConsoleLine>)
        -> FindingHeadline
    {
        let function = pattern.functionPlaces.lazy.compactMap { place in
            switch place {
            case .firstLine: KernelSymbol.function(ofReport: text)
            case .instructionPointer: KernelSymbol.functionOfInstructionPointer(in: report)
            }
        }.first
        return FindingHeadline(
            kind: pattern.kind, line: report.startIndex + 1, text: text.trimmed.bounded(200), function: function,
            source: KernelSymbol.source(in: text))
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
    /// Where in the source it happened, such as `mm/mmap.c:3661`.
    package let source: String?

    package init(kind: FindingKind, line: Int, text: String, function: String? = nil, source: String? = nil) {
        self.kind = kind
        self.line = line
        self.text = text
        self.function = function
        self.source = source
    }

    /// `oops in page_remove_rmap`, for use in a sentence.
    package var words: String {
        if let function { return "\(kind.words) in \(function)" }
        if let source { return "\(kind.words) at \(source)" }
        return kind.words
    }

    /// The same for two reports of the same trouble in different builds: without addresses, offsets and numbers.
    package var signature: String {
        "\(kind.rawValue) \(function ?? source.map { String($0.prefix { $0 != ":" }) } ?? Self.withoutNumbers(text))"
    }

    private static func withoutNumbers(_ text: String) -> String {
        text.split { !$0.isHexDigit }.reduce(text) { text, run in
            run.contains(where: \.isNumber) ? text.replacing(run, with: "N", maxReplacements: 1) : text
        }
    }
}
