import Evidence
import Files
import Foundation
import Judgement

/// From the run directory to the verdict; nothing of the doing half takes part.
extension Pipeline {
    /// Judges a run by what its directory holds; nothing is written.
    /// - Parameter base: what base shows in another run, where this one has none of it.
    package static func judge(_ run: RunDirectory, comparedWith base: [GuestVerdict] = []) throws -> Verdict {
        let header = try run.header()
        return Verdict(target: header.target, guests: base + (try guests(header.guests, of: run)))
    }

    private static func guests(_ names: [GuestName], of run: RunDirectory) throws -> [GuestVerdict] {
        try names.map { Judge.judge(try run.evidence(of: $0)) }
    }

    /// Judges a mutation test by what its folder holds; nothing is written.
    ///
    /// Of a run that was cut off, the guests count that came to their end and were read.
    package static func judge(_ test: MutationDirectory) throws -> MutationVerdict {
        func guests(of run: String) throws -> [GuestVerdict]? {
            guard let run = try finished({ try RunDirectory(opening: test.place(of: run)) }) else { return nil }
            let seen = try run.header().guests.compactMap { name in try finished { try Self.guests([name], of: run) } }
            return seen.isEmpty ? nil : seen.flatMap(\.self)
        }
        return try MutationVerdict(
            try test.record(), control: { try guests(of: $0.run) ?? [] },
            guests: { mutant in try mutant.run.flatMap { try guests(of: $0) } },
            difference: { mutant in
                guard let run = mutant.run, let again = mutant.search?.again else { return nil }
                return try difference(from: test.place(of: run), to: test.place(of: again))?.1
            })
    }

    /// Judges a repeated test by what its folder holds; nothing is written.
    ///
    /// Base is booted in the first run only, and every run is compared with it.
    package static func judge(_ test: RepetitionDirectory) throws -> RepetitionVerdict {
        let record = try test.record()
        func run(_ name: String) throws -> RunDirectory { try RunDirectory(opening: test.place(of: name)) }
        let base: [GuestVerdict]? = try finished {
            guard let first = try record.runs.first.map(run) else { return [] }
            return try guests(try first.header().guests.filter { $0.subject == .base }, of: first)
        }
        return RepetitionVerdict(
            target: record.target,
            runs: try record.runs.enumerated().map { index, name in
                (name, try finished { try judge(try run(name), comparedWith: index == 0 ? [] : base ?? []) })
            })
    }

    /// Judges a test of many seeds by what its folder holds; nothing is written.
    package static func judge(_ test: SeedDirectory) throws -> SeedVerdict {
        let record = try test.record()
        let seen = try record.seeds.map { seed in
            let name = record.run(of: seed)
            let verdict = try finished { try judge(try RunDirectory(opening: test.place(of: name))) }
            guard verdict != nil else {
                return SeedVerdict.Seen(seed: seed, run: name, verdict: nil, interleavings: [:], mismatches: [])
            }
            var interleavings: [String: Digest] = [:]
            for (_, evidence) in try evidence(of: test.place(of: name)) {
                interleavings.merge(Interleavings.digests(of: evidence.trace ?? "")) { one, _ in one }
            }
            let mismatches = try record.repetitions(of: seed).compactMap { run in
                try difference(from: test.place(of: name), to: test.place(of: run)).map { guest, difference in
                    SeedVerdict.Mismatch(seed: seed, run: run, guest: guest, difference: difference)
                }
            }
            return SeedVerdict.Seen(
                seed: seed, run: name, verdict: verdict, interleavings: interleavings, mismatches: mismatches)
        }
        return SeedVerdict(target: record.target, seen: seen, times: record.times)
    }

    /// The first guest of a repetition that is not the same as it was in the first run, which came to its end.
    private static func difference(from first: URL, to second: URL) throws -> (GuestName, Recording.Difference)? {
        let (first, second) = (try evidence(of: first), try finished { try evidence(of: second) })
        if second == nil, let guest = first.first?.guest { return (guest, Recording.cutOff) }
        return zip(first, second ?? []).lazy.compactMap { first, second in
            Recording(first.evidence).difference(to: Recording(second.evidence)).map { (first.guest, $0) }
        }.first
    }

    private static func evidence(of run: URL) throws -> [(guest: GuestName, evidence: RunEvidence)] {
        let run = try RunDirectory(opening: run)
        return try run.header().guests.map { ($0, try run.evidence(of: $0)) }
    }

    /// Nil where the run was cut off, or never began.
    private static func finished<Value>(_ value: () throws -> Value) throws -> Value? {
        do {
            return try value()
        } catch EvidenceError.unfinished {
            return nil
        } catch EvidenceError.notARunDirectory {
            return nil
        }
    }
}
