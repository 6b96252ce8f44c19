import Evidence
import Files
import Foundation

/// A kind of test: the content of its directory, and what is concluded from that and nothing else.
///
/// `JudgedTest.kinds` names every kind. Commands call a kind through this protocol and never ask which one it is.
package protocol TestKind: Sendable {
    associatedtype Judged: TestVerdict

    /// The file that identifies such a test's directory; no two kinds share one.
    static var headFile: String { get }

    /// Judges the test in `place`; nothing is written.
    /// - Throws: `EvidenceError` if the directory cannot be judged.
    static func judge(_ place: URL) throws -> Judged

    /// Whether the test came to its end; one that was interrupted can be judged as far as it came.
    static func isFinished(_ place: URL) -> Bool

    /// The deterministic run in the test's directory that failed first, nil if none did; for a plain run, the run
    /// itself.
    static func runToReplay(in place: URL) throws -> URL?
}

extension TestKind {
    /// The file that a test of many runs writes last.
    package static func isFinished(_ place: URL) -> Bool {
        Files.exists(place.appending(path: RunDirectory.File.timings.rawValue))
    }
}

/// What a test shows, written as JSON in the schema that the documentation of its kind gives.
package protocol TestVerdict: Encodable, Sendable {
    var conclusion: Conclusion { get }

    /// The report for people and other programs.
    /// - Parameter place: of the test, for the paths in the report.
    /// - Throws: `EvidenceError` if a file that is shown cannot be read.
    func report(of place: URL) throws -> TestReport
}

/// A test on disk, judged anew by the content of its directory.
package struct JudgedTest: Sendable {
    package let place: URL
    package let verdict: any TestVerdict

    /// In the order in which they are tried, because a plain run can be part of the other kinds, each in a directory of
    /// its own.
    package static let kinds: [any TestKind.Type] = [
        MutationTest.self, RepetitionTest.self, SeedTest.self, ComparisonTest.self,
    ]

    /// Whether `place` is the directory of a test that came to its end; nil if it is not a test's directory.
    package static func isFinished(_ place: URL) -> Bool? { kind(of: place).map { $0.isFinished(place) } }

    /// - Throws: `EvidenceError.notARunDirectory`, and what the kind throws.
    package init(_ place: URL) throws {
        guard let kind = Self.kind(of: place) else { throw EvidenceError.notARunDirectory(path: place.path) }
        self.place = place
        verdict = try kind.judge(place)
    }

    /// See `TestKind`.
    package static func runToReplay(in place: URL) throws -> URL? {
        guard let kind = kind(of: place) else { throw EvidenceError.notARunDirectory(path: place.path) }
        return try kind.runToReplay(in: place)
    }

    package var conclusion: Conclusion { verdict.conclusion }
    package func report() throws -> TestReport { try verdict.report(of: place) }

    /// Writes the verdict beside the evidence.
    package func keep() throws(FileError) {
        try JSON.write(verdict, to: place.appending(path: RunDirectory.File.verdict.rawValue))
    }

    private static func kind(of place: URL) -> (any TestKind.Type)? {
        kinds.first { Files.exists(place.appending(path: $0.headFile)) }
    }
}

/// The runs in the directory of a test.
enum RunsOfTest {
    static func guests(_ names: [GuestName], of run: RunDirectory) throws -> [GuestVerdict] {
        try names.map { Judge.judge(try run[$0].evidence()) }
    }

    static func evidence(of run: URL) throws -> [(guest: GuestName, evidence: BootEvidence)] {
        let run = try RunDirectory(opening: run)
        return try run.header().guests.map { ($0, try run[$0].evidence()) }
    }

    /// The first guest of a repetition that differs from that of the first run, which came to its end.
    static func difference(from first: URL, to second: URL) throws -> (GuestName, Recording.Difference)? {
        let (first, second) = (try evidence(of: first), try finished { try evidence(of: second) })
        if second == nil, let guest = first.first?.guest { return (guest, Recording.cutOff) }
        return zip(first, second ?? []).lazy.compactMap { first, second in
            Recording(first.evidence).difference(to: Recording(second.evidence)).map { (first.guest, $0) }
        }.first
    }

    /// Nil if the run was cut off, or never began.
    static func finished<Value>(_ value: () throws -> Value) throws -> Value? {
        do {
            return try value()
        } catch EvidenceError.unfinished {
            return nil
        } catch EvidenceError.notARunDirectory {
            return nil
        }
    }
}

/// The answer in one word, one sentence and the names it is about.
package struct Conclusion: Codable, Sendable, Equatable {
    package enum Answer: String, Codable, Sendable {
        case passed
        case failed
        case couldNotJudge = "could-not-judge"
    }

    package let answer: Answer
    package let reason: String
    /// What makes it fail: workloads by their names in the comparison, or mutants; empty unless `failed`.
    package let failing: [String]
}
