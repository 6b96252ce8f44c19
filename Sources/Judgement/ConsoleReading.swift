import Evidence

/// A console from its first line to its last: how far init came, and what the kernel complained of.
struct ConsoleReading: Sendable {
    private(set) var initLines: [Int] = []
    private(set) var initFailure: String?
    private(set) var probe: String?
    /// The line of `drydock: done`.
    private(set) var doneLine: Int?
    /// By number in the plan: the line of the first `begin`.
    private(set) var begun: [Int: Int] = [:]
    private(set) var ended: [Int: (ending: WorkloadStatus.Ended, detail: String, line: Int)] = [:]
    /// The workload after which init stopped, because a process of it could not be killed.
    private(set) var stoppedAt: Int?
    /// The n of `begin i/n`, where it is not the number of workloads that were planned.
    private(set) var otherCount: Int?
    /// Including those that are the host's doing.
    private(set) var findings: [ConsoleFinding] = []
    private let lines: [ConsoleLine]
    private let places: [Place]

    var reachedInit: Bool { !initLines.isEmpty || initFailure != nil || !begun.isEmpty }
    var isDone: Bool { doneLine != nil }
    /// The workload that had begun and not ended when the console fell silent.
    var running: Int? { begun.keys.filter { ended[$0] == nil }.max() }

    /// Those that are the kernel's doing.
    var counted: [ConsoleFinding] { findings.filter(\.counts) }

    /// - Parameter share: what the host kept from the guest meanwhile.
    init(_ console: String, planned: Int, share: HostShare = HostShare(nil)) {
        lines = TextLines.lines(of: console).enumerated().map { ConsoleLine(number: $0 + 1, text: $1) }
        let markers = lines.map { ConsoleMarker($0.text) }
        places = Self.places(of: markers)
        for (index, marker) in markers.enumerated() {
            if let marker { take(marker, line: index + 1, planned: planned) }
        }
        for finding in Self.reports(in: lines, markers: markers, places: places, share) { add(finding) }
    }

    func findings(in workload: Int) -> [ConsoleFinding] {
        findings.filter { $0.place == .inside && $0.workload == workload }
    }

    /// A processor of the guest did not come up in time.
    var lacksProcessor: Bool {
        zip(lines, places).contains { line, place in
            place.place == .boot && Self.lostProcessors.contains(where: line.text.holds)
        }
    }

    /// 2.6.18's words, then 6.1's.
    private static let lostProcessors = [
        "Not responding.", "not responding - cannot use it", "Stuck ??", "failed to report alive state",
        "do_boot_cpu failed",
    ]

    /// What the console shows between the begin and the end of a workload.
    func lines(of workload: Int) -> [String] {
        zip(lines, places).filter { $1.place == .inside && $1.workload == workload }.map(\.0.text)
    }

    private mutating func take(_ marker: ConsoleMarker, line: Int, planned: Int) {
        switch marker {
        case .initBegan: initLines.append(line)
        case .initFailed(let what): initFailure = initFailure ?? what
        case .probe(let state): probe = probe ?? state
        case .begin(let number, let count):
            begun[number] = begun[number] ?? line
            if count != planned { otherCount = count }
        case .end(let number, let ending, let detail):
            ended[number] = ended[number] ?? (ending, detail, line)
        case .stuck: break
        case .stopped(let number): stoppedAt = stoppedAt ?? number
        case .done: doneLine = doneLine ?? line
        }
    }

    private mutating func add(_ finding: ConsoleFinding) {
        let known = findings.firstIndex {
            $0.place == finding.place && $0.workload == finding.workload
                && $0.headline.signature == finding.headline.signature && $0.counts == finding.counts
        }
        if let known { findings[known].count += 1 } else { findings.append(finding) }
    }
}

// Where reports begin, how far they reach, and in which workload they fall.
extension ConsoleReading {
    private typealias Place = (place: ConsolePlace, workload: Int?)

    private static func places(of markers: [ConsoleMarker?]) -> [Place] {
        var places: [Place] = []
        var now: Place = (.boot, nil)
        for (index, marker) in markers.enumerated() {
            switch marker {
            case .begin(let number, _): now = (.inside, number)
            case .end(let number, _, _):
                // The kernel may have spoilt the line of `begin`: what came since the last marker is this workload's.
                if now.place != .inside || now.workload != number {
                    var earlier = index - 1
                    while earlier >= 0, markers[earlier] == nil {
                        places[earlier] = (.inside, number)
                        earlier -= 1
                    }
                }
                places.append((.inside, number))
                now = (.after, number)
                continue
            case .initBegan, .initFailed, .probe, .stuck, .stopped, .done, nil: break
            }
            places.append(now)
        }
        return places
    }

    private static func reports(
        in lines: [ConsoleLine], markers: [ConsoleMarker?], places: [Place], _ share: HostShare
    ) -> [ConsoleFinding] {
        let extent = ReportExtent(lines: lines)
        let openings = openings(in: lines)
        var findings: [ConsoleFinding] = []
        // Up to here an oops or BUG is still being reported, and an `Oops: 0002 [#1]` is part of it.
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
            let headline = headline(opening.pattern.kind, opening.text, lines[index..<end])
            findings.append(
                ConsoleFinding(
                    headline: headline, place: places[index].place, workload: places[index].workload,
                    excerpt: extent.excerpt(from: index, to: end),
                    withheld: headline.withheld(by: share, after: findings.last { $0.kind.weight == .hang })))
        }
        return findings
    }

    private struct Opening {
        let index: Int
        let pattern: CataloguePattern
        let text: String
        /// The warning or BUG that the kernel raises over what the opening before it said.
        var followsPrologue = false
    }

    private static let longestPrologue = 8

    private static func openings(in lines: [ConsoleLine]) -> [Opening] {
        var openings: [Opening] = []
        for (index, line) in lines.enumerated() {
            guard let (pattern, text) = OopsCatalogue.match(line) else { continue }
            var opening = Opening(index: index, pattern: pattern, text: text)
            if let last = openings.last, last.pattern.isPrologue, index - last.index <= longestPrologue {
                opening.followsPrologue = pattern.kind == .warning || pattern.kind == .bug
            }
            openings.append(opening)
        }
        return openings
    }

    private static func headline(_ kind: FindingKind, _ text: String, _ report: ArraySlice<ConsoleLine>)
        -> FindingHeadline
    {
        FindingHeadline(
            kind: kind, line: report.startIndex + 1, text: text.trimmed.bounded(200),
            function: KernelSymbol.function(ofReport: text) ?? functionOfInstructionPointer(in: report),
            source: KernelSymbol.source(in: text))
    }

    /// `RIP: 0010:name+0x1a/0x30`, `EIP is at name+0x1a/0x30`, or `RIP:` with the name on the next line.
    private static func functionOfInstructionPointer(in report: ArraySlice<ConsoleLine>) -> String? {
        for index in report.indices {
            let text = report[index].text
            guard text.holds("RIP: ") || text.holds("RIP  [<") || text.holds("EIP is at ") || text.holds("EIP: ")
            else { continue }
            if let name = KernelSymbol.function(in: text) { return name }
            if text.trimmed.hasSuffix("RIP:"), index + 1 < report.endIndex,
                let name = KernelSymbol.function(in: report[index + 1].text)
            {
                return name
            }
        }
        return nil
    }
}
