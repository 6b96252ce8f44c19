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
}
