import Build
import Evidence
import Files
import Foundation
import HostTools
import Image
import Machine
import Results
import Targets

/// From the built kernels to the run directory.
extension Pipeline {
    /// How many disks one launch of the appliance reads; QEMU opens each.
    private static let disksAtOnce = 48

    /// Builds what is not built yet, boots base and patched, and reads the results.
    package func run(_ request: BootRequest) async throws -> RunDirectory {
        let workloads = try workloads(request)
        return try await withMachine(request) { machine in
            let prepared = try await prepared(of: try await build(), workloads, request)
            return try await boot(prepared, request, on: machine)
        }
    }

    /// Before anything that takes minutes, because a workload's name may be misspelt.
    func workloads(_ request: BootRequest) throws -> [Workload] {
        try WorkloadCatalogue(folder: workspace.workloads)
            .select(request.workloads.isEmpty ? target.workloads : request.workloads)
    }

    /// Nil if no guest gets a disk.
    func templateIfNeeded(_ machine: any GuestMachine) async throws -> URL? {
        machine.host.deterministic == nil ? try await template(machine) : nil
    }

    func template(_ machine: any GuestMachine) async throws -> URL {
        try await log.run(.disk) { now in
            let began = ContinuousClock.now
            let template = try await machine.template(onProgress: now)
            let seconds = StageLog.seconds(ContinuousClock.now - began)
            let summary = "ext2, \(ResultsDisk.size >> 20) MiB"
            return (template.file, .init(summary: summary, reused: template.reused, guestSeconds: seconds))
        }
    }

    /// Base and patched run the same plan; a workload that makes the guest crash or hang gets a guest of its own, on
    /// the judged kernel.
    func prepared(
        of builds: [KernelBuild], _ workloads: [Workload], _ request: BootRequest, mutant: String? = nil
    ) async throws -> [PreparedGuest] {
        let made: Result<[PreparedGuest], BuildError> = try await log.run(
            .image, mutant.map { _ in GuestName(.mutant) }, of: mutant
        ) { now in
            do {
                let (prepared, reused) = try await pack(builds, workloads, request, onProgress: now)
                let count = workloads.count
                let summary = "\(count) workload\(count == 1 ? "" : "s"), seed \(request.seed)"
                return (.success(prepared), .init(summary: summary, reused: reused))
            } catch let error as BuildError {
                guard case .treeTaken = error else { throw error }
                // Not a failure: the caller builds it again.
                return (.failure(error), .init(summary: "its tree is used for another mutant now"))
            }
        }
        return try made.get()
    }

    private func pack(
        _ builds: [KernelBuild], _ workloads: [Workload], _ request: BootRequest,
        onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> (prepared: [PreparedGuest], reused: Bool) {
        let (images, cache) = (workspace.images, imageCache)
        let programs = try await GuestPrograms.build(
            workloads: workloads, images: images, cache: cache, onProgress: onProgress)
        var prepared: [PreparedGuest] = []
        var reused = programs.reused
        for build in builds {
            let probe =
                workloads.contains(where: \.needsProbe)
                ? try await ProbeModule.build(for: build, images: images, cache: cache, onProgress: onProgress) : nil
            let isJudged = build.subject == builds.last?.subject
            for plan in target.plans(of: workloads, for: (build.subject, build.version), isJudged: isJudged, request) {
                let image = try await GuestImage.build(plan: plan, programs: programs, probe: probe, cache: cache)
                prepared.append(PreparedGuest(build: build, plan: plan, image: image, programs: programs, probe: probe))
                reused = reused && image.reused && probe?.reused != false
            }
        }
        return (prepared, reused)
    }

    private func boot(
        _ prepared: [PreparedGuest], _ request: BootRequest, on machine: any GuestMachine
    ) async throws -> RunDirectory {
        let template = try await templateIfNeeded(machine)
        let run = try RunDirectory.create(
            under: workspace.runs, target: target.name, started: .now, guests: prepared.map(\.guest),
            isDeterministic: machine.host.deterministic != nil,
            environment: try await machine.environment(drydock: version, compiler: prepared[0].build.record.compiler))
        try run.keep(prepared.patches)
        let runGuests = prepared.map { RunGuest(prepared: $0, run: run) }
        try await boot(runGuests, template, on: machine)
        try await collect(runGuests, machine)
        try await askAgain(runGuests, template, request, on: machine)
        try JSON.write(Timings(stages: log.timings), to: run[.timings])
        return run
    }

    /// Boots the guests of a run, turn by turn.
    func boot(_ runGuests: [RunGuest], _ template: URL?, on machine: any GuestMachine) async throws {
        if let template {
            for runGuest in runGuests { try ResultsDisk.create(from: template, at: runGuest.disk) }
        }
        let most = GuestCount.most(memory: target.machine.memory, perProcessor: 2)
        for turn in Self.turns(of: runGuests, named: \.prepared.guest) {
            try await boot(sideBySide: turn, atMost: most, on: machine)
        }
    }

    /// The guests that run at the same time, turn by turn: base and the judged kernel one after the other, because
    /// their figures are compared and their races need all CPUs; then those of one workload each, which mostly wait for
    /// their end.
    static func turns<Guest>(of guests: [Guest], named name: (Guest) -> GuestName) -> [[Guest]] {
        let alone = guests.filter { name($0).alone != nil }
        return guests.filter { name($0).alone == nil }.map { [$0] } + (alone.isEmpty ? [] : [alone])
    }

    private func boot(sideBySide runGuests: [RunGuest], atMost most: Int, on machine: any GuestMachine)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { guests in
            for (index, runGuest) in runGuests.enumerated() {
                if index >= most { try await guests.next() }
                guests.addTask { try await boot(runGuest, on: machine) }
            }
            try await guests.waitForAll()
        }
    }

    func boot(_ runGuest: RunGuest, on machine: any GuestMachine) async throws {
        let (prepared, folder) = (runGuest.prepared, runGuest.folder)
        let spec = runGuest.machine(target, machine.host)
        try folder.write(plan: prepared.plan)
        try folder.write(build: prepared.build.record)
        try keep(spec, prepared, in: folder)
        if let emulator = machine.host.deterministic {
            let symbols = runGuest.mutant == nil ? prepared.build.tree.appending(path: "vmlinux") : nil
            let record = try spec.record(emulator, bootSeconds: target.machine.bootSeconds, symbols: symbols)
            try folder.write(machine: record)
        }
        let limits = BootLimits(of: prepared.plan, bootSeconds: target.machine.bootSeconds)
        let kind = spec.accelerator.rawValue.uppercased()
        let record = try await log.run(.boot, prepared.guest, of: runGuest.mutant) { now in
            let record = try await machine.boot(spec, limits: limits, onProgress: now)
            let toInit = record.secondsToInit.map { String(format: "init after %.1f s under \(kind)", $0) }
            return (
                record, .init(summary: toInit ?? "never reached init under \(kind)", guestSeconds: record.seconds)
            )
        }
        try folder.write(boot: record)
    }

    /// The same for one guest of many: if it cannot be started, it is lost, and the others go on.
    func bootOrLose(_ runGuest: RunGuest, on machine: any GuestMachine) async throws {
        do {
            try await boot(runGuest, on: machine)
        } catch let error as MachineError {
            let record = BootRecord(
                ending: .lost(reason: "\(error)"), seconds: 0, secondsToInit: nil,
                accelerator: machine.host.accelerator.kind.rawValue)
            try runGuest.folder.write(boot: record)
        }
    }

    /// Keeps in the run what is needed to boot this guest again.
    private func keep(_ spec: MachineSpec, _ prepared: PreparedGuest, in folder: GuestFolder) throws {
        let parts: [(URL, GuestFolder.File)] = [
            (prepared.build.bzImage, .kernel), (prepared.build.systemMap, .symbols),
            (prepared.build.config, .configuration),
            (prepared.image.file, .initramfs),
        ]
        for (file, part) in parts {
            try Self.keep(file, at: folder[part], asLink: prepared.plan.isDeterministic == true)
        }
        try folder.write(prepared.image.record, as: .image)
        try Files.write(Data(Reproduction.script(spec).utf8), to: folder[.script])
        try Files.write(Data(try DomainXML(spec, named: spec.name).text().utf8), to: folder[.domain])
    }

    /// - Parameter asLink: whether to try a hard link, because a test of many seeds keeps the same files many times; a
    ///   replay checks if they have changed since.
    static func keep(_ file: URL, at place: URL, asLink: Bool) throws(FileError) {
        if asLink, (try? FileManager.default.linkItem(at: file, to: place)) != nil { return }
        try Files.copy(file, to: place)
    }

    /// Reads every disk in one launch of the appliance; if it cannot be launched, the run keeps that as the result.
    func collect(_ all: [RunGuest], _ machine: any GuestMachine) async throws {
        for runGuest in all where runGuest.isDeterministic {
            try runGuest.folder.write(results: machine.read(archive: runGuest.disk))
            try? FileManager.default.removeItem(at: runGuest.disk)
        }
        let runGuests = all.filter { !$0.isDeterministic }
        for first in stride(from: 0, to: runGuests.count, by: Self.disksAtOnce) {
            try await collect(some: Array(runGuests[first..<min(first + Self.disksAtOnce, runGuests.count)]), machine)
        }
    }

    private func collect(some runGuests: [RunGuest], _ machine: any GuestMachine) async throws {
        let disks = runGuests.map(\.disk)
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
        for (runGuest, files) in zip(runGuests, results) {
            try runGuest.folder.write(results: files)
            // A disk is evidence until its content is in the run.
            if case .read = files { try? FileManager.default.removeItem(at: runGuest.disk) }
        }
    }

    private static func summary(of results: [ResultFiles]) -> String {
        var read = 0
        for case .read(let files) in results { read += files.count }
        let unreadable = results.count { if case .unreadable = $0 { true } else { false } }
        return "\(read) files from \(results.count) disks" + (unreadable == 0 ? "" : ", \(unreadable) unreadable")
    }
}
