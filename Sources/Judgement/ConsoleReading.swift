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
    /// By number in the plan: the first two lines of init's that cannot both be true.
    private(set) var contradictions: [Int: Contradiction] = [:]
    /// The lines in which the kernel began; more than one if it started over.
    private(set) var bannerLines: [Int] = []
    /// By number in the plan: how many messages the kernel could not print, as it says itself. 0 is the boot.
    private(set) var lost: [Int: Int] = [:]
    /// The workload after which init stopped because one of its processes could not be killed.
    private(set) var stoppedAt: Int?
    /// The n of `begin i/n`; nil if it is the number of planned workloads.
    private(set) var otherCount: Int?
    /// Including those for which the host is to blame.
    private(set) var findings: [ConsoleFinding] = []
    private let lines: [ConsoleLine]
    /// From which line on, counted from 0, which place it is; in order.
    private let places: [(from: Int, place: Place)]
    private var known: [FindingKey: Int] = [:]
    private var counts: [ConsolePart: Int] = [:]
    private var lastHang: ConsoleFinding?

    var reachedInit: Bool { !initLines.isEmpty || initFailure != nil || !begun.isEmpty }
    var isDone: Bool { doneLine != nil }
    /// The workload that had begun but not ended at the console's last line.
    var running: Int? { begun.keys.filter { ended[$0] == nil }.max() }

    /// Those for which the kernel is to blame.
    var counted: [ConsoleFinding] { findings.filter(\.counts) }

    /// - Parameter share: what the host kept from the guest meanwhile.
    init(_ console: String, planned: Int, share: HostShare = HostShare(nil)) {
        let lines = ConsoleLine.all(in: console)
        self.lines = lines
        let markers = lines.indices.compactMap { index in Marker(lines[index].text).map { (index, $0) } }
        places = Self.places(of: markers)
        for (index, marker) in markers { take(marker, line: index + 1, planned: planned) }
        KernelReport.forEach(in: lines, markers: markers.map(\.0)) { report in
            add(report, share)
        }
        bannerLines = lines.filter { $0.message.begins(with: "Linux version ") }.map(\.number)
        for (index, line) in lines.enumerated() {
            guard let count = Self.droppedMessages(line.text) else { continue }
            lost[place(of: index).workload ?? 0, default: 0] += count
        }
    }

    func findings(in workload: Int) -> [ConsoleFinding] {
        findings.filter { $0.place == .inside && $0.workload == workload }
    }

    /// Whether a CPU of the guest did not come up in time.
    var lacksProcessor: Bool {
        lines[..<(places.dropFirst().first?.from ?? lines.count)].contains { line in
            Self.lostProcessors.contains(where: line.text.holds)
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
        places.indices.filter { places[$0].place == (.inside, workload) }.flatMap { index in
            let end = index + 1 < places.count ? places[index + 1].from : lines.count
            return lines[places[index].from..<end].map { String($0.text) }
        }
    }

    /// `** 17 printk messages dropped **`; nil for any other line.
    private static func droppedMessages(_ line: Substring) -> Int? {
        guard var end = line.byteOffset(of: " messages dropped") else { return nil }
        let before = line.utf8.prefix(end)
        if before.suffix(7).elementsEqual(" printk".utf8) { end -= 7 }
        let digits = line.utf8.prefix(end).suffix(while: { (0x30...0x39).contains($0) })
        return digits.isEmpty ? nil : Int(String(decoding: digits, as: UTF8.self)).map { min($0, 1 << 40) } ?? 1
    }

    private mutating func take(_ marker: Marker, line: Int, planned: Int) {
        switch marker {
        case .initBegan: initLines.append(line)
        case .initFailed(let what): initFailure = initFailure ?? what
        case .probe(let state): probe = probe ?? state
        case .begin(let number, let count, _):
            if let known = begun[number] {
                contradict(number, .beganTwice(lines: known, line))
            } else if let end = ended[number]?.line {
                contradict(number, .beganAfterItsEnd(lines: end, line))
            } else if let doneLine {
                contradict(number, .afterDone(lines: doneLine, line))
            }
            begun[number] = begun[number] ?? line
            if count != planned { otherCount = count }
        case .end(let number, let ending, let detail):
            if let known = ended[number], known.ending != ending {
                contradict(number, .twoEndings)
            } else if let doneLine {
                contradict(number, .afterDone(lines: doneLine, line))
            }
            ended[number] = ended[number] ?? (ending, detail, line)
        case .stuck, .disk: break
        case .stopped(let number): stoppedAt = stoppedAt ?? number
        case .done: doneLine = doneLine ?? line
        }
    }

    private mutating func contradict(_ number: Int, _ contradiction: Contradiction) {
        contradictions[number] = contradictions[number] ?? contradiction
    }

    private struct FindingKey: Hashable {
        let part: ConsolePart
        let signature: String
        let counts: Bool
    }

    /// The most different findings that are kept of one part of the plan; the first ones decide.
    private static let mostInPart = 100

    private mutating func add(_ report: KernelReport, _ share: HostShare) {
        let place = place(of: report.index)
        let finding = ConsoleFinding(
            headline: report.headline, place: place.place, workload: place.workload, excerpt: report.excerpt,
            withheld: report.headline.withheld(by: share, after: lastHang))
        if finding.kind.weight == .hang { lastHang = finding }
        let part = ConsolePart(place: place.place, workload: place.workload)
        let key = FindingKey(part: part, signature: finding.signature, counts: finding.counts)
        if let known = known[key] {
            findings[known].count += 1
        } else if counts[part, default: 0] < Self.mostInPart {
            counts[part, default: 0] += 1
            known[key] = findings.count
            findings.append(finding)
        }
    }
}

// The workload to which each line and each report belongs.
extension ConsoleReading {
    fileprivate typealias Place = (place: ConsolePlace, workload: Int?)

    fileprivate struct ConsolePart: Hashable {
        let place: ConsolePlace
        let workload: Int?
    }

    /// - Parameter index: of a line, from 0.
    private func place(of index: Int) -> Place {
        var (low, high) = (0, places.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if places[middle].from <= index { low = middle } else { high = middle }
        }
        return places[low].place
    }

    private static func places(of markers: [(index: Int, marker: Marker)]) -> [(from: Int, place: Place)] {
        var places: [(from: Int, place: Place)] = [(0, (.boot, nil))]
        var last = -1
        for (index, marker) in markers {
            switch marker {
            case .begin(let number, _, _): places.append((index, (.inside, number)))
            case .end(let number, _, _):
                // The kernel may have garbled the line of `begin`: everything since the last marker belongs to this
                // workload.
                if let now = places.last?.place, now != (.inside, number) {
                    places.append((last + 1, (.inside, number)))
                }
                places.append((index + 1, (.after, number)))
            case .initBegan, .initFailed, .disk, .probe, .stuck, .stopped, .done: break
            }
            last = index
        }
        return places
    }
}

/// What init cannot have said of one workload; each has the two lines of the console.
enum Contradiction: Sendable, Equatable {
    case twoEndings
    case beganTwice(lines: Int, Int)
    case beganAfterItsEnd(lines: Int, Int)
    /// It began or ended after init had said that it was done.
    case afterDone(lines: Int, Int)

    /// In words that follow "the console".
    var words: String {
        switch self {
        case .twoEndings: "tells two different endings of it"
        case .beganTwice(let first, let second): "says twice that it began, in lines \(first) and \(second)"
        case .beganAfterItsEnd(let end, let begin): "says that it ended in line \(end) and began in line \(begin)"
        case .afterDone(let done, let line): "names it in line \(line), and init was done in line \(done)"
        }
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
    /// The same for two reports of the same trouble in different builds.
    var signature: String { headline.signature(excerpt) }
    /// Whether the kernel is to blame.
    package var counts: Bool { withheld == nil }
}
