import Console
import Evidence
import Foundation
import Judgement
import Testing

@Suite("Corpus of consoles")
struct CorpusTests {
    @Test("each console gives the verdict at the top of its file", arguments: CorpusCase.all)
    func verdict(_ example: CorpusCase) {
        let guest = Judge.judge(example.evidence())
        #expect(guest.machine.state.rawValue == example.value("machine"))
        #expect(guest.workloads.map(\.outcome.word.rawValue).joined(separator: ", ") == example.value("outcomes"))
        let findings = guest.allFindings
        #expect(findings.map(\.described) == example.values("finding"))
        if let first = example.value("first") { #expect(findings.first?.excerpt.first?.contains(first) == true) }
        if let last = example.value("last") { #expect(findings.first?.excerpt.last?.contains(last) == true) }
        let verdict = Verdict(target: "t", guests: [guest])
        #expect(verdict.conclusion.answer.rawValue == example.value("answer"), "\(verdict.conclusion.reason)")
    }

    @Test("line numbers are those of the console", arguments: CorpusCase.all)
    func lineNumbers(_ example: CorpusCase) {
        let lines = example.console.split(separator: "\n", omittingEmptySubsequences: false)
        for finding in Judge.judge(example.evidence()).allFindings {
            let words = finding.headline.text.prefix(40)
            #expect(lines[finding.headline.line - 1].contains(words))
            #expect(finding.excerpt.contains { $0.contains(words) })
            #expect(finding.excerpt.count <= 61)
        }
    }

    @Test("carriage returns, zero bytes and colours change nothing", arguments: CorpusCase.all)
    func noise(_ example: CorpusCase) {
        let plain = Judge.judge(example.evidence())
        let noisy = example.console.replacing("\n", with: "\u{1B}[0m\u{0}\r\n")
        #expect(Judge.judge(example.evidence(console: noisy)) == plain)
    }

    @Test("a console cut anywhere is never a pass it was not", arguments: CorpusCase.all)
    func cut(_ example: CorpusCase) {
        guard example.value("answer") != "passed" else { return }
        let lines = example.console.split(separator: "\n", omittingEmptySubsequences: false)
        for count in stride(from: 0, through: lines.count, by: 7) {
            let console = lines.prefix(count).joined(separator: "\n")
            let evidence = example.evidence(console: console)
            let cut = BootEvidence(
                plan: evidence.plan, boot: evidence.boot, console: console,
                results: Samples.results(of: example.plan, console: console))
            // A complete run of init with no word of the trouble yet is a pass by any reading.
            guard !console.contains("drydock: done") else { continue }
            #expect(Verdict(target: "t", guests: [Judge.judge(cut)]).conclusion.answer != .passed)
        }
    }

    @Test("the corpus has every kind of finding, or the catalogue's examples do")
    func kinds() {
        let found = Set(CorpusCase.all.flatMap { Judge.judge($0.evidence()).allFindings.map(\.kind) })
        let examples = Set(ReportCatalogue.patterns.map(\.kind))
        // No console reports what init counts.
        #expect(found.union(examples) == Set(FindingKind.allCases).subtracting([.leak]))
        #expect(CorpusCase.all.count >= 55)
    }
}

extension GuestVerdict {
    /// Inside and outside the workloads, in the order of the console.
    var allFindings: [ConsoleFinding] {
        (workloads.flatMap(\.findings) + findings).sorted { $0.headline.line < $1.headline.line }
    }
}

extension ConsoleFinding {
    /// As a corpus file writes it: `oops inside 2 page_remove_rmap mm/rmap.c:590 x2`.
    var described: String {
        let parts = [
            kind.rawValue, place.rawValue, workload.map(String.init) ?? "-", headline.function ?? "-", headline.source,
            count > 1 ? "x\(count)" : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}
