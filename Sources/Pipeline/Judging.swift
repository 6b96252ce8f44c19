import Evidence
import Foundation
import Judgement

/// From the run directory to the verdict; nothing of the doing half takes part.
extension Pipeline {
    /// Judges a run by what its directory holds, and writes the verdict into it.
    package static func judge(_ run: RunDirectory) throws -> Verdict {
        let header = try run.header()
        let guests = try header.subjects.map { Judge.judge(try run.evidence(of: $0)) }
        let verdict = Verdict(target: header.target, guests: guests)
        try run.write(verdict, to: run.verdictFile)
        return verdict
    }
}
