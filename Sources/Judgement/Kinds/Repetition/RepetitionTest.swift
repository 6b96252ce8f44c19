import Evidence
import Foundation

/// The same plan many times on the judged kernel; base is booted in the first run only, and every run is compared with
/// it.
package enum RepetitionTest: TestKind {
    package static let headFile = RepetitionRecord.file

    package static func judge(_ place: URL) throws -> RepetitionVerdict {
        let test = try RepetitionDirectory(opening: place)
        let record = try test.record()
        func run(_ name: String) throws -> RunDirectory { try RunDirectory(opening: test.place(of: name)) }
        let base: [GuestVerdict]? = try RunsOfTest.finished {
            guard let first = try record.runs.first.map(run) else { return [] }
            return try RunsOfTest.guests(try first.header().guests.filter { $0.subject == .base }, of: first)
        }
        return RepetitionVerdict(
            target: record.target,
            runs: try record.runs.enumerated().map { index, name in
                let verdict = try RunsOfTest.finished {
                    try ComparisonTest.judge(try run(name), comparedWith: index == 0 ? [] : base ?? [])
                }
                return (name, verdict)
            })
    }
}
