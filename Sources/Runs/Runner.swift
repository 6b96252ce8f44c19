import Build
import Evidence
import Files
import Foundation
import HostTools
import Machine
import Results
import Targets

/// Boots the guests of runs in the order that a kind of test wants, and reads their results.
struct Runner: Sendable {
    /// In which order guests are booted.
    enum Schedule {
        /// One run after another, so that its races have all CPUs; results are read between runs.
        case inTurn
        /// This many guests at once, whatever their run; results are read meanwhile.
        case sideBySide(atMost: Int)
    }

    /// What a kind of test wants to be booted.
    enum Work {
        /// All guests of a run.
        case run([RunGuest])
        /// Runs that `Runner.bootAndRead` boots one after another, because each depends on the results of the one
        /// before.
        case search(@Sendable () async throws -> Void)
    }

    /// How many disks one launch of the appliance reads; QEMU opens each.
    private static let disksAtOnce = 48

    let workspace: Workspace
    let log: StageLog
    let machine: any GuestMachine
    /// The target's name.
    private let target: String
    /// The results disk of which each guest gets a copy; nil if the guests have none.
    private let template: URL?
    /// The versions of the programs that the runs use, by name.
    private let environment: [String: String]

    /// - Parameter compiler: that of the kernels, for the runs' environment.
    init(
        _ preparation: Preparation, on machine: any GuestMachine, compiler: String
    ) async throws {
        workspace = preparation.workspace
        log = preparation.log
        self.machine = machine
        target = preparation.target.name
        if machine.host.deterministic == nil {
            template = try await log.run(.disk) { now in
                let began = ContinuousClock.now
                let template = try await machine.template(onProgress: now)
                let seconds = StageLog.seconds(ContinuousClock.now - began)
                let summary = "ext2, \(ResultsDisk.size >> 20) MiB"
                return (template.file, .init(summary: summary, reused: template.reused, guestSeconds: seconds))
            }
        } else {
            template = nil
        }
        environment = try await machine.environment(drydock: preparation.version, compiler: compiler)
    }

    /// Makes a run directory for these guests.
    /// - Parameter place: its place in the directory of a test of many runs; nil for a run by itself.
    func run(of prepared: [PreparedGuest], at place: URL? = nil) throws -> [RunGuest] {
        let guests = prepared.map(\.guest)
        let isDeterministic = machine.host.deterministic != nil
        let run =
            if let place {
                try RunDirectory.create(
                    at: place, target: target, started: .now, guests: guests, isDeterministic: isDeterministic,
                    environment: environment)
            } else {
                try RunDirectory.create(
                    under: workspace.runs, target: target, started: .now, guests: guests,
                    isDeterministic: isDeterministic, environment: environment)
            }
        try run.keep(prepared.patches)
        return prepared.map { RunGuest(prepared: $0, run: run, isOneOfMany: place != nil) }
    }

    /// Makes the directory of a test of many runs, boots these runs, and writes what it took, which says that the test
    /// came to its end.
    /// - Parameter runs: by the names that `record` gives them.
    func test<Record: TestRecord>(
        _ record: Record, _ schedule: Schedule, of runs: [(name: String, guests: [PreparedGuest])]
    ) async throws -> TestDirectory<Record> {
        let test = try TestDirectory<Record>.create(
            under: workspace.runs, target: record.target, started: record.started)
        try test.write(record)
        try await boot(schedule) { add in
            for (name, guests) in runs { try await add(.run(try run(of: guests, at: test.place(of: name)))) }
        }
        try test.write(Timings(stages: log.timings), as: .timings)
        return test
    }

    /// Boots the work that `body` adds, reads its results, and runs again what is unfinished.
    /// - Parameters:
    ///   - isOpen: whether a run with unfinished workloads is worth a second look.
    ///   - body: calls its argument for each piece of work; the call returns when the work could begin.
    func boot(
        _ schedule: Schedule, isOpen: ([RunGuest]) -> Bool = { _ in true },
        _ body: (_ add: (Work) async throws -> Void) async throws -> Void
    ) async throws {
        let (most, readsMeanwhile) =
            switch schedule {
            case .inTurn: (1, false)
            case .sideBySide(let most): (most, true)
            }
        var runs: [[RunGuest]] = []
        @Sendable func read(_ guests: [RunGuest]) async throws { try await collect(guests) }
        try await GuestPool.run(atMost: most, readsMeanwhile: readsMeanwhile, read: read) { pool in
            try await body { work in
                switch (work, schedule) {
                case (.search(let search), _): try await pool.add([], search)
                case (.run(let run), .inTurn):
                    runs.append(run)
                    try await pool.add(run) { try await boot(byTurns: run) }
                case (.run(let run), .sideBySide):
                    runs.append(run)
                    for guest in run { try await pool.add([guest]) { try await bootOrLose(guest) } }
                }
            }
        }
        for run in runs where isOpen(run) { try await askAgain(run) }
    }

    /// Boots the guests of a run one after another, and reads their results.
    func bootAndRead(_ run: [RunGuest]) async throws {
        for guest in run { try await bootOrLose(guest) }
        try await collect(run)
    }

    private func boot(byTurns run: [RunGuest]) async throws {
        for turn in Self.turns(of: run, named: \.prepared.guest) {
            let most = GuestCount.most(memory: turn[0].prepared.target.machine.memory, perProcessor: 2)
            try await withThrowingTaskGroup(of: Void.self) { guests in
                for (index, guest) in turn.enumerated() {
                    if index >= most { try await guests.next() }
                    guests.addTask { try await boot(guest) }
                }
                try await guests.waitForAll()
            }
        }
    }

    /// The guests that run at the same time, turn by turn: base and the judged kernel one after the other, because
    /// their figures are compared and their races need all CPUs; then those of one workload each, which mostly wait for
    /// their end.
    static func turns<Guest>(of guests: [Guest], named name: (Guest) -> GuestName) -> [[Guest]] {
        let alone = guests.filter { name($0).alone != nil }
        return guests.filter { name($0).alone == nil }.map { [$0] } + (alone.isEmpty ? [] : [alone])
    }
}

// One guest.
extension Runner {
    private func boot(_ guest: RunGuest) async throws {
        let (prepared, folder) = (guest.prepared, guest.folder)
        let spec = guest.machine(machine.host)
        if let template, !guest.isDeterministic { try ResultsDisk.create(from: template, at: guest.disk) }
        try guest.keep(spec)
        if let emulator = machine.host.deterministic { try folder.write(machine: guest.record(spec, emulator)) }
        let limits = BootLimits(of: prepared.plan, bootSeconds: prepared.target.machine.bootSeconds)
        let kind = spec.accelerator.rawValue.uppercased()
        let record = try await log.run(.boot, prepared.guest) { now in
            let record = try await machine.boot(spec, limits: limits, onProgress: now)
            let toInit = record.secondsToInit.map { String(format: "init after %.1f s under \(kind)", $0) }
            return (
                record, .init(summary: toInit ?? "never reached init under \(kind)", guestSeconds: record.seconds)
            )
        }
        try folder.write(boot: record)
    }

    /// The same for one guest of many: if it cannot be started, it is lost, and the others go on.
    func bootOrLose(_ guest: RunGuest) async throws {
        do {
            try await boot(guest)
        } catch let error as MachineError {
            let record = BootRecord(
                ending: .lost(reason: "\(error)"), seconds: 0, secondsToInit: nil,
                accelerator: machine.host.accelerator.kind.rawValue)
            try guest.folder.write(boot: record)
        }
    }

    /// The same runner with the QEMU for deterministic guests; this one if there is none.
    func deterministic() async throws -> Runner {
        try await machine.deterministic().map { Runner(self, on: $0) } ?? self
    }

    private init(_ runner: Runner, on machine: any GuestMachine) {
        self.machine = machine
        workspace = runner.workspace
        log = runner.log
        target = runner.target
        template = runner.template
        environment = runner.environment
    }
}

// What guests left.
extension Runner {
    /// Reads every disk in one launch of the appliance; if it cannot be launched, the run keeps that as the result.
    func collect(_ all: [RunGuest]) async throws {
        for guest in all where guest.isDeterministic {
            try guest.folder.write(results: machine.read(archive: guest.disk))
            try? FileManager.default.removeItem(at: guest.disk)
        }
        let guests = all.filter { !$0.isDeterministic }
        for first in stride(from: 0, to: guests.count, by: Self.disksAtOnce) {
            try await collect(some: Array(guests[first..<min(first + Self.disksAtOnce, guests.count)]))
        }
    }

    private func collect(some guests: [RunGuest]) async throws {
        let disks = guests.map(\.disk)
        let results: [ResultFiles] = try await log.run(.results) { now in
            let began = ContinuousClock.now
            let results: [ResultFiles]
            do {
                results = try await machine.read(disks: disks, onProgress: now)
            } catch let error as ResultsError {
                results = disks.map { _ in .unreadable(reason: "\(error)") }
            }
            let seconds = StageLog.seconds(ContinuousClock.now - began)
            return (results, .init(summary: Self.summary(of: results), guestSeconds: seconds))
        }
        for (guest, files) in zip(guests, results) {
            try guest.folder.write(results: files)
            // A disk is evidence until its content is in the run.
            if case .read = files { try? FileManager.default.removeItem(at: guest.disk) }
        }
    }

    private static func summary(of results: [ResultFiles]) -> String {
        var read = 0
        for case .read(let files) in results { read += files.count }
        let unreadable = results.count { if case .unreadable = $0 { true } else { false } }
        return "\(read) files from \(results.count) disks" + (unreadable == 0 ? "" : ", \(unreadable) unreadable")
    }
}
