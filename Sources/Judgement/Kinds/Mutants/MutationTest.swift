import Evidence
import Foundation

/// Patched kernels that are broken on purpose, one change at a time, with the patched kernel itself as their control.
package enum MutationTest: TestKind {
    package static let headFile = MutationRecord.file

    /// If a run was cut off, its guests that came to their end and were read still count.
    package static func judge(_ place: URL) throws -> MutationVerdict {
        let test = try MutationDirectory(opening: place)
        func guests(of run: String) throws -> [GuestVerdict]? {
            guard let run = try RunsOfTest.finished({ try RunDirectory(opening: test.place(of: run)) }) else {
                return nil
            }
            let seen = try run.header().guests.compactMap { name in
                try RunsOfTest.finished { try RunsOfTest.guests([name], of: run) }
            }
            return seen.isEmpty ? nil : seen.flatMap(\.self)
        }
        return try MutationVerdict(
            try test.record(), control: { try guests(of: $0.run) ?? [] },
            guests: { mutant in try mutant.run.flatMap { try guests(of: $0) } },
            difference: { mutant in
                guard let run = mutant.run, let again = mutant.search?.again else { return nil }
                return try RunsOfTest.difference(from: test.place(of: run), to: test.place(of: again))?.1
            })
    }

    package static func runToReplay(in place: URL) throws -> URL? {
        let test = try MutationDirectory(opening: place)
        return try test.record().mutants.first { $0.search?.again != nil }?.run.map(test.place)
    }
}
