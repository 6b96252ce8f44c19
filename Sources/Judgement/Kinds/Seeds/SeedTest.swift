import Evidence
import Files
import Foundation

/// The same plan with many seeds, each a deterministic run.
package enum SeedTest: TestKind {
    package static let headFile = SeedRecord.file

    package static func judge(_ place: URL) throws -> SeedVerdict {
        let test = try SeedDirectory(opening: place)
        let record = try test.record()
        return SeedVerdict(
            target: record.target, seen: try record.seeds.map { try seen($0, record, test) }, times: record.times)
    }

    package static func runToReplay(in place: URL) throws -> URL? {
        let failed = try judge(place).workloads.flatMap { $0.failed + $0.knownFailed }
        let test = try SeedDirectory(opening: place)
        return try test.record().runs.map(\.name).first(where: failed.contains).map(test.place)
    }

    private static func seen(_ seed: UInt64, _ record: SeedRecord, _ test: SeedDirectory) throws -> SeedVerdict.Seen {
        let name = record.run(of: seed)
        let place = test.place(of: name)
        guard let verdict = try RunsOfTest.finished({ try ComparisonTest.judge(place) }) else {
            return SeedVerdict.Seen(seed: seed, run: name, verdict: nil, interleavings: [:], mismatches: [])
        }
        var interleavings: [String: Digest] = [:]
        for (_, evidence) in try RunsOfTest.evidence(of: place) {
            interleavings.merge(Interleavings.digests(of: evidence.trace ?? "")) { one, _ in one }
        }
        let mismatches = try record.repetitions(of: seed).compactMap { run in
            try RunsOfTest.difference(from: place, to: test.place(of: run)).map { guest, difference in
                SeedVerdict.Mismatch(seed: seed, run: run, guest: guest, difference: difference)
            }
        }
        return SeedVerdict.Seen(
            seed: seed, run: name, verdict: verdict, interleavings: interleavings, mismatches: mismatches)
    }
}
