import Console
import Evidence

/// A console from its first line to its last: how far init came, and what the kernel reported.
struct ConsoleReading: Sendable {
    private(set) var initLines: [Int] = []
    private(set) var initFailure: String?
    private(set) var probe: String?
    /// The line of `drydock: done`.
    private(set) var doneLine: Int?
    /// By number in the plan: the line of the first `begin`.
    private(set) var begun: [Int: Int] = [:]
    private(set) var ended: [Int: (ending: WorkloadEnding, detail: String, line: Int)] = [:]
    /// The workloads of which init reported two different ends.
    private(set) var contradicted: Set<Int> = []
    /// By number in the plan: how many messages the kernel could not print, as it says itself. 0 is the boot.
    private(set) var lost: [Int: Int] = [:]
    /// The workload after which init stopped because one of its processes could not be killed.
    private(set) var stoppedAt: Int?
    /// The n of `begin i/n`; nil if it is the number of planned workloads.
    private(set) var otherCount: Int?
    /// Including those for which the host is to blame.
    private(set) var findings: [ConsoleFinding] = []
    private let lines: [ConsoleLine]
    private let places: [Place]

    var reachedInit: Bool { !initLines.isEmpty || initFailure != nil || !begun.isEmpty }
    var isDone: Bool { doneLine != nil }
    /// The workload that had begun but not ended at the console's last line.
    var running: Int? { begun.keys.filter { ended[$0] == nil }.max() }

    /// Those for which the kernel is to blame.
    var counted: [ConsoleFinding] { findings.filter(\.counts) }

    /// - Parameter share: what the host kept from the guest meanwhile.
    init(_ console: String, planned: Int, share: HostShare = HostShare(nil)) {
        lines = ConsoleText.lines(of: console).enumerated().map { ConsoleLine(number: $0 + 1, text: $1) }
        let markers = lines.map { Marker($0.text) }
        places = Self.places(of: markers)
        for (index, marker) in markers.enumerated() {
            if let marker { take(marker, line: index + 1, planned: planned) }
        }
        for finding in Self.findings(in: lines, markers: markers, places: places, share) { add(finding) }
        for (line, place) in zip(lines, places) where line.text.holds(" messages dropped") {
            guard let match = line.text.firstMatch(of: /(\d+) (?:printk )?messages dropped/) else { continue }
            lost[place.workload ?? 0, default: 0] += Int(match.1) ?? 1
        }
    }

    func findings(in workload: Int) -> [ConsoleFinding] {
        findings.filter { $0.place == .inside && $0.workload == workload }
    }

    /// Whether a CPU of the guest did not come up in time.
    var lacksProcessor: Bool {
        zip(lines, places).contains { line, place in
            place.place == .boot && Self.lostProcessors.contains(where: line.text.holds)
        }
    }

    /// The words of 2.6.18, then those of 6.1.
    private static let lostProcessors = [
        "Not responding.", "not responding - cannot use it", "Stuck ??", "failed to report alive state",
        "do_boot_cpu failed",
    ]

    /// The last line with anything on it.
    var lastLine: String? { lines.last { !$0.text.trimmed.isEmpty }?.text.trimmed }

    /// What the console shows between the begin and the end of a workload.
    func lines(of workload: Int) -> [String] {
        zip(lines, places).filter { $1.place == .inside && $1.workload == workload }.map(\.0.text)
    }

    private mutating func take(_ marker: Marker, line: Int, planned: Int) {
        switch marker {
        case .initBegan: initLines.append(line)
        case .initFailed(let what): initFailure = initFailure ?? what
        case .probe(let state): probe = probe ?? state
        case .begin(let number, let count, _):
            begun[number] = begun[number] ?? line
            if count != planned { otherCount = count }
        case .end(let number, let ending, let detail):
            if let known = ended[number], known.ending != ending { contradicted.insert(number) }
            ended[number] = ended[number] ?? (ending, detail, line)
        case .stuck, .disk: break
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

// The workload to which each line and each report belongs.
extension ConsoleReading {
    private typealias Place = (place: ConsolePlace, workload: Int?)

    private static func places(of markers: [Marker?]) -> [Place] {
        var places: [Place] = []
        var now: Place = (.boot, nil)
        for (index, marker) in markers.enumerated() {
            switch marker {
            case .begin(let number, _, _): now = (.inside, number)
            case .end(let number, _, _):
                // The kernel may have garbled the line of `begin`: everything since the last marker belongs to this
                // workload.
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
            case .initBegan, .initFailed, .disk, .probe, .stuck, .stopped, .done, nil: break
            }
            places.append(now)
        }
        return places
    }

    private static func findings(
        in lines: [ConsoleLine], markers: [Marker?], places: [Place], _ share: HostShare
    ) -> [ConsoleFinding] {
        var findings: [ConsoleFinding] = []
        for report in KernelReport.all(in: lines, markers: markers) {
            let place = places[report.index]
            findings.append(
                ConsoleFinding(
                    headline: report.headline, place: place.place, workload: place.workload, excerpt: report.excerpt,
                    withheld: report.headline.withheld(by: share, after: findings.last { $0.kind.weight == .hang })))
        }
        return findings
    }
}

/// The part of the plan in which a line was printed.
package enum ConsolePlace: String, Codable, Sendable {
    /// Before the first workload began.
    case boot
    case inside
    /// After a workload had ended and before the next began, or after the last.
    case after
}

/// Trouble that a kernel reported on its console.
package struct ConsoleFinding: Codable, Sendable, Equatable {
    package let headline: FindingHeadline
    package let place: ConsolePlace
    /// The number in the plan, from 1, of the workload that ran or had ended last; nil during the boot.
    package let workload: Int?
    /// The report as it is on the console; if it is long, its middle is left out.
    package let excerpt: [String]
    /// How many times the same was reported in the same place.
    package internal(set) var count: Int
    /// Set if the host kept the guest from what the kernel missed: such a report decides nothing.
    package let withheld: Withheld?

    package init(
        headline: FindingHeadline, place: ConsolePlace, workload: Int?, excerpt: [String], count: Int = 1,
        withheld: Withheld? = nil
    ) {
        self.headline = headline
        self.place = place
        self.workload = workload
        self.excerpt = excerpt
        self.count = count
        self.withheld = withheld
    }

    package var kind: FindingKind { headline.kind }
    /// Whether the kernel is to blame.
    package var counts: Bool { withheld == nil }
}
