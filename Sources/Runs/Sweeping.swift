import Build
import Evidence
import Foundation
import Image
import Machine
import Results
import Targets

/// The same plan with many seeds, each in a machine of its own.
extension Pipeline {
    /// Builds what is not built yet, boots the judged kernel with each seed, and keeps the results.
    ///
    /// If the request names no workloads, the races run.
    /// - Parameter times: how often to boot each seed, so that the judge can compare the runs; 1 or more.
    package func sweep(
        _ request: BootRequest, seeds: ClosedRange<UInt64>, times: Int
    ) async throws -> SeedDirectory {
        precondition(request.isDeterministic, "a seed says nothing of a guest that depends on its host")
        let workloads = try workloads(request).filter { !request.workloads.isEmpty || $0.isRace }
        return try await withMachine(request) { machine in
            guard let judged = try await build().last else { preconditionFailure("a build without a kernel") }
            let prepared = try await prepared(of: [judged], workloads, request)
            let record = SeedRecord(
                target: target.name, started: .now, seeds: seeds, times: times)
            let test = try SeedDirectory.create(
                under: workspace.runs, target: record.target, started: record.started)
            try test.write(record)
            let environment = try await machine.environment(drydock: version, compiler: judged.record.compiler)
            let runGuests = try record.runs.flatMap { name, seed in
                let run = try RunDirectory.create(
                    at: test.place(of: name), target: target.name, started: .now, guests: prepared.map(\.guest),
                    isDeterministic: true, environment: environment)
                try run.keep(prepared.patches)
                return prepared.map { RunGuest(prepared: $0.choosing(seed: seed), run: run, isOneOfMany: true) }
            }
            // Each keeps one host CPU busy.
            let most = GuestCount.most(memory: target.machine.memory, perProcessor: 1)
            try await GuestPool.run(atMost: most, read: { try await collect($0, machine) }) { pool in
                for runGuest in runGuests { try await pool.add(runGuest) { try await boot($0, on: machine) } }
            }
            try test.write(Timings(stages: log.timings), as: .timings)
            return test
        }
    }
}

extension PreparedGuest {
    /// The same guest with another seed, given on its kernel's command line.
    func choosing(seed: UInt64) -> PreparedGuest {
        PreparedGuest(build: build, plan: plan.choosing(seed: seed), image: image, programs: programs, probe: probe)
    }
}
