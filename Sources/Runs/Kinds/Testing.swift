import Build
import Evidence
import Files
import Foundation
import Targets

/// Base and the judged kernel, each booted once.
extension Preparation {
    /// Builds what is not built yet, boots base and patched, and reads the results.
    package func test(_ request: BootRequest) async throws -> RunDirectory {
        let workloads = try workloads(request)
        return try await withMachine(request) { machine in
            let prepared = try await prepared(of: try await build(), workloads, request)
            let runner = try await Runner(self, on: machine, compiler: prepared[0].build.record.compiler)
            let run = try runner.run(of: prepared)
            try await runner.boot(.inTurn) { add in try await add(.run(run)) }
            try JSON.write(Timings(stages: log.timings), to: run[0].run[.timings])
            return run[0].run
        }
    }
}
