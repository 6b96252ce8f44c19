import Build
import Evidence
import Foundation
import Targets

/// The same plan many times.
extension Preparation {
    /// Builds what is not built yet, boots base once and the judged kernel `times` times, and reads the results.
    package func `repeat`(_ request: BootRequest, times: Int) async throws -> RepetitionDirectory {
        let workloads = try workloads(request)
        return try await withMachine(request) { machine in
            let prepared = try await prepared(of: try await build(), workloads, request)
            let judged = prepared.filter { $0.guest.subject == prepared.last?.guest.subject }
            let runner = try await Runner(self, on: machine, compiler: prepared[0].build.record.compiler)
            let record = RepetitionRecord(target: target.name, started: .now, times: times)
            let runs = record.runs.map { (name: $0, guests: $0 == record.runs.first ? prepared : judged) }
            return try await runner.test(record, .inTurn, of: runs)
        }
    }
}
