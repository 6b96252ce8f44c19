import Console
import Evidence
import Files
import Foundation
import Judgement
import Machine
import Results

/// Repeats a deterministic failure with less to do, as long as it is the same failure: without the other workloads,
/// then with fewer steps, then with fewer VMAs.
package struct Minimising {
    private let original: RunDirectory
    private let whole: RecordedGuest
    private let failure: WorkloadVerdict
    private let machine: any GuestMachine
    private let log: StageLog
    private let test: MinimisationDirectory
    private var record: MinimisationRecord

    /// - Returns: the directory with a run directory for each attempt.
    /// - Throws: `ReplayError` if the run is not deterministic, did not fail, or cannot be the same here.
    package static func of(
        _ original: RunDirectory, connection: String?, workspace: Workspace, log: StageLog,
        on machine: (any GuestMachine)? = nil
    ) async throws -> MinimisationDirectory {
        let (guests, emulator) = try await Replay.guests(of: original, workspace, machine)
        let failing = try ComparisonTest.judge(original).guests.lazy.compactMap { guest in
            guest.workloads.first(where: \.outcome.isFailure).map { (guest.guest, $0) }
        }.first
        guard let (guest, failure) = failing, let whole = guests.first(where: { $0.files.guest == guest }) else {
            throw ReplayError.nothingToMinimise(run: original.url.path)
        }
        let record = MinimisationRecord(
            target: try original.header().target, started: .now, original: original.url.path, guest: guest,
            workload: failure.name)
        let test = try MinimisationDirectory.create(
            under: workspace.runs, target: record.target, started: record.started)
        return try await Replay.withMachine(machine, emulator, at: connection, workspace) { machine in
            var minimising = Minimising(
                original: original, whole: whole, failure: failure, machine: machine, log: log, test: test,
                record: record)
            try await minimising.run()
            return test
        }
    }

    private mutating func run() async throws {
        try test.write(record)
        var part = MinimisationRecord.Part(isAlone: false)
        if whole.plan.workloads.count > 1 {
            let alone = MinimisationRecord.Part(isAlone: true)
            if try await fails(alone) { part = alone }
        }
        for size in [\MinimisationRecord.Part.steps, \.areas] {
            var search = LeastSearch(whole: part[keyPath: size])
            while let next = search.next {
                var less = part
                less[keyPath: size] = next
                search.saw(fails: try await fails(less))
            }
            part[keyPath: size] = search.least
        }
    }

    /// Boots the guest with this part of its work; returns whether the same workload fails in the same way.
    private mutating func fails(_ part: MinimisationRecord.Part) async throws -> Bool {
        let name = "try-\(record.attempts.count + 1)"
        let (run, guest) = try prepare(part, in: name)
        let (machine, failure) = (machine, failure)
        let fails = try await log.run(.boot, record.guest) { now in
            let boot = try await guest.boot(into: guest.files, on: machine, onProgress: now)
            let seen = try ComparisonTest.judge(run).guests.flatMap(\.workloads).first { $0.name == failure.name }
            let fails = seen.map { Self.isSame($0.outcome, failure.outcome) } ?? false
            let outcome = fails ? "the same" : "not the same"
            return (fails, .init(summary: "\(part.description): \(outcome)", guestSeconds: boot.seconds))
        }
        record.attempts.append(.init(part: part, fails: fails, run: name))
        try test.write(record)
        return fails
    }

    /// The guest of an attempt, in a run directory with everything that its replay needs.
    private func prepare(
        _ part: MinimisationRecord.Part, in name: String
    ) throws -> (run: RunDirectory, guest: RecordedGuest) {
        let header = try original.header()
        let run = try RunDirectory.create(
            at: test.place(of: name), target: header.target, started: .now, guests: [record.guest],
            isDeterministic: true, environment: header.environment)
        let folder = run[record.guest]
        for part in [GuestFolder.File.kernel, .symbols, .configuration, .initramfs] {
            try folder.keep(whole.files[part], as: part, linked: true)
        }
        let guest = RecordedGuest(
            record: whole.record.adding(parameters: part.parameters(of: failure.name)),
            plan: part.isAlone ? whole.plan.choosing(workload: failure.name) : whole.plan, files: folder,
            emulator: whole.emulator)
        return (run, guest)
    }

    /// Compares a failed check by its text, but a kernel report only by its kind, because its line on the console
    /// differs each time.
    static func isSame(_ one: WorkloadOutcome, _ other: WorkloadOutcome) -> Bool {
        switch (one, other) {
        case (.fail(let reasons), .fail(let others)): reasons.first == others.first
        default: one.isFailure && one.word == other.word && one.finding?.kind == other.finding?.kind
        }
    }
}

extension MinimisationRecord.Part: CustomStringConvertible {
    package var description: String {
        "\(isAlone ? "alone, " : "")\(Self.percent(steps)) of the steps, \(Self.percent(areas)) of the VMAs"
    }

    private static func percent(_ thousandths: Int) -> String {
        "\(thousandths / 10)\(thousandths % 10 == 0 ? "" : ".\(thousandths % 10)") %"
    }

    /// The kernel parameters that images/init passes on to the workload.
    func parameters(of workload: String) -> [String] {
        (isAlone ? ["drydock.only=\(workload)"] : [])
            + (steps < 1000 ? ["drydock.steps=\(steps)"] : []) + (areas < 1000 ? ["drydock.areas=\(areas)"] : [])
    }
}

/// Searches the smallest part that still fails: by halves, then between what fails and what does not.
struct LeastSearch {
    /// The smallest part that was seen to fail.
    private(set) var least: Int
    /// The largest part that was seen not to fail; 0 if there is none.
    private var passing = 0

    /// - Parameter whole: known to fail.
    init(whole: Int) { least = whole }

    /// The next part to try; nil if the smallest is known to an eighth.
    var next: Int? {
        least - passing > max(least / 8, 1) ? (least + passing) / 2 : nil
    }

    mutating func saw(fails: Bool) {
        guard let next else { return }
        if fails { least = next } else { passing = next }
    }
}
