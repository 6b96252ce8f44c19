import Evidence
import Foundation
import Judgement

/// From the run directory to the verdict; nothing of the doing half takes part.
extension Pipeline {
    /// Judges a run by what its directory holds; nothing is written.
    package static func judge(_ run: RunDirectory) throws -> Verdict {
        let header = try run.header()
        let guests = try header.guests.map { Judge.judge(try run.evidence(of: $0)) }
        return Verdict(target: header.target, guests: guests)
    }

    /// Judges a mutation test by what its folder holds; nothing is written.
    ///
    /// A mutant whose run was cut off is one of which nothing can be told.
    package static func judge(_ test: MutationDirectory) throws -> MutationVerdict {
        func guests(of run: String) throws -> [GuestVerdict]? { try judge(run, of: test)?.guests }
        return try MutationVerdict(
            try test.record(), control: { try guests(of: $0.run) ?? [] },
            guests: { mutant in try mutant.run.flatMap { try guests(of: $0) } })
    }

    /// Judges a repeated test by what its folder holds; nothing is written.
    package static func judge(_ test: RepetitionDirectory) throws -> RepetitionVerdict {
        let record = try test.record()
        return RepetitionVerdict(
            target: record.target, runs: try record.runs.map { ($0, try judge($0, of: test)) })
    }

    /// Nil where the run was cut off, or never began.
    private static func judge<Record>(_ run: String, of test: TestDirectory<Record>) throws -> Verdict? {
        do {
            return try judge(try RunDirectory(opening: test.place(of: run)))
        } catch EvidenceError.unfinished {
            return nil
        } catch EvidenceError.notARunDirectory {
            return nil
        }
    }
}
