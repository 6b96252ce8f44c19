import Build
import Evidence
import Foundation
import Image
import Targets

/// The same plan with many seeds, each in a machine of its own.
extension Preparation {
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
            let runner = try await Runner(self, on: machine, compiler: judged.record.compiler)
            let record = SeedRecord(target: target.name, started: .now, seeds: seeds, times: times)
            // Each keeps one host CPU busy.
            let most = GuestCount.most(memory: target.machine.memory, perProcessor: 1)
            let runs = record.runs.map { run in
                (name: run.name, guests: prepared.map { $0.choosing(seed: run.seed) })
            }
            return try await runner.test(record, .sideBySide(atMost: most), of: runs)
        }
    }
}
