import Evidence
import Foundation
import Judgement
import Testing

@Suite("A tree that has the series already")
struct AsIsTests {
    private func evidence(_ changes: [String: String?] = [:], console: String = Samples.cleanConsole) -> BootEvidence {
        Samples.evidence(.asIs, console: console, results: .read(Samples.files(changes)))
    }

    @Test("is judged by itself, and base is named only as missing")
    func passes() {
        let verdict = Samples.verdict(evidence())
        #expect(verdict.conclusion.answer == .passed)
        #expect(
            verdict.conclusion.reason
                == "2 of 2 workloads pass as-is; the tree has what the series brings, so there is no base")
        #expect(verdict.guests.map(\.subject) == [.asIs])
        #expect(verdict.comparison.map(\.asIs) == [.pass, .pass])
        #expect(verdict.comparison.allSatisfy { $0.base == nil && $0.patched == nil && $0.change == nil })
        #expect(verdict.comparison[0].figures == [FigureComparison(name: "faults", unit: "pages", asIs: 1024)])
        #expect(verdict.notes.isEmpty)
    }

    @Test("fails by what it shows itself")
    func fails() {
        let files = [
            "02-notifier.ktap": "KTAP version 1\n1..1\nnot ok 1 no\n", "02-notifier.status": Samples.status("exit", 1),
        ]
        let failed = Samples.verdict(
            evidence(files, console: Samples.cleanConsole.replacing("notifier exit 0", with: "notifier exit 1")))
        #expect(failed.conclusion.answer == .failed)
        #expect(failed.conclusion.reason.hasPrefix("notifier fails as-is ("))
        #expect(failed.conclusion.failing == ["notifier"])
        let oops = "Kernel panic - not syncing: Fatal exception\n" + Samples.cleanConsole
        #expect(Samples.verdict(evidence(console: oops)).conclusion.reason.contains("the as-is console"))
        let unproven = Samples.verdict(evidence(["02-notifier.status": nil]))
        #expect(unproven.conclusion.answer == .couldNotJudge)
        #expect(unproven.conclusion.reason.contains("on as-is"))
    }

    @Test("its verdict has a schema of its own, and others keep theirs")
    func schema() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let verdict = Samples.verdict(evidence())
        let bytes = try encoder.encode(verdict)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(verdict.schema == 2)
        #expect(text.contains("\"as-is\":\"pass\""))
        #expect(!text.contains("\"base\"") && !text.contains("\"patched\""))
        #expect(try JSONDecoder().decode(Verdict.self, from: bytes) == verdict)
        let usual = Samples.verdict(Samples.evidence(.base), Samples.evidence())
        #expect(usual.schema == 1)
        #expect(!String(decoding: try encoder.encode(usual), as: UTF8.self).contains("as-is"))
    }
}
