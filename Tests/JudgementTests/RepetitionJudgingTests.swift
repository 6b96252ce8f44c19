import Evidence
import Foundation
import Judgement
import Testing

/// A repeated test is judged by its directory alone, and every run by the only base.
@Suite final class RepetitionJudgingTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static let warning = "WARNING: at arch/x86_64/mm/ioremap.c:99 __ioremap_caller()\n"
    private static let skip = "KTAP version 1\n1..0 # SKIP one CPU\n"

    /// The verdict over base and these guests of the patched kernel, a run each.
    private func judge(base: SampleRun?, _ patched: SampleRun...) throws -> RepetitionVerdict {
        let record = RepetitionRecord(target: "t", started: .now, times: patched.count)
        let test = try RepetitionDirectory.create(under: folder, target: "t", started: .now)
        try test.write(record)
        for (name, guest) in zip(record.runs, patched) {
            try SampleRun.write(at: test.place(of: name), (name == "001" ? [base].compactMap(\.self) : []) + [guest])
        }
        return try RepetitionTest.judge(test.url)
    }

    @Test func aWarningThatBaseMakesTooIsExcusedInEveryRun() throws {
        let warned = SampleRun(subject: .patched, boot: Self.warning)
        let verdict = try judge(base: SampleRun(subject: .base, boot: Self.warning), warned, warned, warned)
        #expect(verdict.conclusion.reason == "3 of 3 runs pass")
        let news = try judge(base: SampleRun(subject: .base), warned, warned)
        #expect(news.failure.failures == 2)
    }

    @Test func whatNoLongerRunsIsSeenInEveryRun() throws {
        let skipped = SampleRun(subject: .patched, ktap: Self.skip)
        let verdict = try judge(base: SampleRun(subject: .base), SampleRun(subject: .patched), skipped)
        #expect(verdict.conclusion.answer == .failed)
        #expect(verdict.workloads.map(\.failed) == [["002"]])
    }

    @Test func withoutABaseEachRunIsJudgedByItself() throws {
        let asIs = SampleRun(subject: .asIs)
        #expect(try judge(base: nil, asIs, asIs).conclusion.answer == .passed)
        let patched = SampleRun(subject: .patched)
        let verdict = try judge(base: SampleRun(subject: .base, code: nil), patched, patched)
        #expect(verdict.conclusion.reason == "1 of 2 runs could not be judged; the first, 001: it was cut off")
    }
}
