import Build
import Evidence
import Files
import Foundation
import HostTools
import Judgement
import KernelSources
import Machine
import Results
import Synchronization
import Targets
import TestSupport
import Testing

@testable import Runs

/// A machine that is a table: what each guest prints and leaves, by its name.
final class FakeMachine: GuestMachine {
    /// What a guest does.
    struct Guest: Sendable {
        /// The exit status of each workload of its plan; 0 if it is not named.
        var statuses: [String: Int] = [:]
        var ending = Ending.poweredOff
    }

    let host: GuestHost
    private let isDeterministic: Bool
    private let table: @Sendable (MachineSpec, Int) -> Guest
    private let state = Mutex<(booted: [String], underWay: Int, most: Int)>(([], 0, 0))

    /// - Parameter table: what the guest of a machine does when it is booted for the n-th time, from 1.
    init(isDeterministic: Bool = false, _ table: @escaping @Sendable (MachineSpec, Int) -> Guest) {
        self.isDeterministic = isDeterministic
        self.table = table
        let program = URL(filePath: "/bin/true")
        host = GuestHost(
            emulator: program, accelerator: Accelerator(kind: .tcg, reason: "a table"),
            deterministic: isDeterministic ? Emulator(program: program, version: "10.0") : nil)
    }

    /// The names of the machines, in the order in which they were booted.
    var booted: [String] { state.withLock { $0.booted } }
    /// How many ran at once at most.
    var mostAtOnce: Int { state.withLock { $0.most } }

    func environment(drydock: String, compiler: String) async throws -> [String: String] { ["drydock": drydock] }

    func template(onProgress: @escaping @Sendable (String) -> Void) async throws -> ResultsDisk.Template {
        let file = FileManager.default.temporaryDirectory.appending(path: "drydock-fake-\(UUID().uuidString)")
        try Data("empty".utf8).write(to: file)
        return ResultsDisk.Template(file: file, reused: false)
    }

    func boot(
        _ spec: MachineSpec, limits: BootLimits, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> BootRecord {
        let time = state.withLock { state in
            state.booted.append(spec.name)
            state.underWay += 1
            state.most = max(state.most, state.underWay)
            return state.booted.count { $0 == spec.name }
        }
        defer { state.withLock { $0.underWay -= 1 } }
        try await Task.sleep(for: .milliseconds(1))
        let guest = table(spec, time)
        let folder = spec.console.deletingLastPathComponent()
        let plan: BootPlan = try JSON.read(folder.appending(path: GuestFolder.File.plan.rawValue))
        var console = "drydock: init\n"
        for (index, workload) in plan.workloads.enumerated() {
            let place = "\(index + 1)/\(plan.workloads.count) \(workload.name)"
            let status = guest.statuses[workload.name] ?? 0
            console += "drydock: begin \(place)\ndrydock: end \(place) exit \(status)\n"
        }
        try Data((console + "drydock: done\n").utf8).write(to: spec.console)
        for (name, text) in Self.results(plan, guest) {
            try Files.write(Data(text.utf8), to: folder.appending(path: "left/\(name)"))
        }
        if isDeterministic, let name = plan.workloads.first?.name {
            let seed = plan.workloads[0].seed
            try Data("# begin \(name)\n\(1000 + seed) 0 1 take \(seed) 0\n# end \(name)\n".utf8).write(
                to: folder.appending(path: GuestFolder.File.trace.rawValue))
        }
        return BootRecord(ending: guest.ending, seconds: 1, secondsToInit: 0.5, accelerator: "tcg")
    }

    private static func results(_ plan: BootPlan, _ guest: Guest) -> [String: String] {
        var files = ["init.status": "plan=complete\nworkloads=\(plan.workloads.count)\n"]
        for (index, workload) in plan.workloads.enumerated() {
            let status = guest.statuses[workload.name] ?? 0
            let check = status == 1 ? "not ok 1 a claim\n" : "ok 1 a claim\n"
            let unmet = status == 3 ? "# unmet: the host was busy\n" : ""
            files["0\(index + 1)-\(workload.name).ktap"] = "KTAP version 1\n1..1\n\(check)\(unmet)"
            files["0\(index + 1)-\(workload.name).status"] = "ended=exit\ncode=\(status)\nmilliseconds=10\n"
        }
        return files
    }

    private func left(beside file: URL) -> ResultFiles {
        let folder = file.deletingLastPathComponent().appending(path: "left")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return .read(
            Dictionary(
                uniqueKeysWithValues: names.map { ($0, (try? Data(contentsOf: folder.appending(path: $0))) ?? Data()) })
        )
    }

    func read(disks: [URL], onProgress: @escaping @Sendable (String) -> Void) async throws -> [ResultFiles] {
        disks.map(left)
    }

    func read(archive: URL) -> ResultFiles { left(beside: archive) }

    func deterministic() async throws -> (any GuestMachine)? { nil }
}
