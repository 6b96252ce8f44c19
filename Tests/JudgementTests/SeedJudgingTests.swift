import Evidence
import Foundation
import Judgement
import Testing

/// A test of many seeds is judged by its directory alone.
@Suite final class SeedJudgingTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The verdict over one seed that was run twice.
    private func judge(_ first: SampleRun, again second: SampleRun) throws -> SeedVerdict {
        let record = SeedRecord(target: "t", started: .now, seeds: 7...7, times: 2)
        let test = try SeedDirectory.create(under: folder, target: "t", started: .now)
        try test.write(record)
        for (name, guest) in [(record.run(of: 7), first), (record.repetitions(of: 7)[0], second)] {
            try SampleRun.write(at: test.place(of: name), [guest])
        }
        return try SeedTest.judge(test.url)
    }

    private let passing = SampleRun(subject: .patched)

    @Test func theSameRunTwiceIsAPass() throws {
        let verdict = try judge(passing, again: passing)
        #expect(verdict.conclusion.answer == .passed)
        #expect(verdict.repetitions == 1)
    }

    @Test func anotherRunTheSecondTimeIsNone() throws {
        let verdict = try judge(passing, again: SampleRun(subject: .patched, boot: "[    0.299440] Memory\n"))
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.mismatches.map(\.difference.part) == ["console"])
    }

    @Test func aSecondRunThatWasCutOffIsNoneAndHidesNoFailure() throws {
        let cutOff = SampleRun(subject: .patched, code: nil)
        let verdict = try judge(passing, again: cutOff)
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.conclusion.reason.contains("it was cut off"))
        #expect(try judge(SampleRun(subject: .patched, code: 1), again: cutOff).conclusion.answer == .failed)
    }
}
