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
            let test = try RepetitionDirectory.create(
                under: workspace.runs, target: record.target, started: record.started)
            try test.write(record)
            try await runner.boot(.inTurn) { add in
                for name in record.runs {
                    let prepared = name == record.runs.first ? prepared : judged
                    try await add(.run(try runner.run(of: prepared, at: test.place(of: name))))
                }
            }
            try test.write(Timings(stages: log.timings), as: .timings)
            return test
        }
    }
}
