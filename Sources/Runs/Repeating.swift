import Build
import Evidence
import Foundation
import Judgement
import Machine
import Results
import Targets

/// The same plan many times.
extension Pipeline {
    /// Builds what is not built yet, boots base once and the judged kernel `times` times, and reads the results.
    package func `repeat`(_ request: BootRequest, times: Int) async throws -> RepetitionDirectory {
        let workloads = try workloads(request)
        return try await withMachine(request) { machine in
            let prepared = try await prepared(of: try await build(), workloads, request)
            let template = try await template(machine)
            let record = RepetitionRecord(target: target.name, started: .now, times: times)
            let test = try RepetitionDirectory.create(
                under: workspace.runs, target: record.target, started: record.started)
            try test.write(record)
            let environment = try await machine.environment(
                drydock: version, compiler: prepared[0].build.record.compiler)
            let judged = prepared.filter { $0.guest.subject == prepared.last?.guest.subject }
            var unread: [RunGuest] = []
            /// Between the runs and not during them, because the judged kernel's races need all CPUs.
            func read() async throws {
                try await collect(unread, machine)
                for run in unread.map(\.run.url).eachOnce {
                    try await askAgain(unread.filter { $0.run.url == run }, template, request, on: machine)
                }
                unread = []
            }
            for name in record.runs {
                let prepared = name == record.runs.first ? prepared : judged
                let run = try RunDirectory.create(
                    at: test.place(of: name), target: target.name, started: .now, guests: prepared.map(\.guest),
                    environment: environment)
                try run.keep(prepared.patches)
                let runGuests = prepared.map { RunGuest(prepared: $0, run: run, isOneOfMany: true) }
                try await boot(runGuests, template, on: machine)
                unread += runGuests
                if unread.count >= GuestPool<RunGuest>.batch || name == record.runs.last { try await read() }
            }
            try test.write(Timings(stages: log.timings), as: .timings)
            return test
        }
    }
}
