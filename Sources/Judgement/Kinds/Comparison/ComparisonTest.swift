import Evidence
import Foundation

/// A plain run: base and patched with the same plan, or one kernel alone.
package enum ComparisonTest: TestKind {
    package static let headFile = RunDirectory.File.header.rawValue

    package static func isFinished(_ place: URL) -> Bool {
        guard let run = try? RunDirectory(opening: place), let guests = try? run.header().guests else { return false }
        return guests.allSatisfy { run[$0].isFinished }
    }

    package static func judge(_ place: URL) throws -> Verdict { try judge(try RunDirectory(opening: place)) }

    /// - Parameter base: what base shows in another run, if this run has no base.
    package static func judge(_ run: RunDirectory, comparedWith base: [GuestVerdict] = []) throws -> Verdict {
        let header = try run.header()
        return Verdict(target: header.target, guests: base + (try RunsOfTest.guests(header.guests, of: run)))
    }
}
