import Console
import Evidence
import Foundation
import Judgement
import Testing

@Suite("What never stays a pass")
struct PropertyTests {
    private static let base = Judge.judge(Samples.evidence(.base))

    private func answer(_ evidence: BootEvidence) -> Conclusion.Answer {
        Verdict(target: "t", guests: [Self.base, Judge.judge(evidence)]).conclusion.answer
    }

    @Test("the samples pass")
    func baseline() { #expect(answer(Samples.evidence()) == .passed) }

    @Test("a passing boot without any one of its files", arguments: Samples.files().keys.sorted())
    func missingFile(_ name: String) {
        for replacement in [nil, "", "\u{0}\u{0}", "x"] as [String?] {
            let files = Samples.files([name: replacement])
            #expect(answer(Samples.evidence(results: .read(files))) != .passed, "\(name): \(replacement ?? "absent")")
        }
    }

    @Test("a passing output cut anywhere")
    func cutOutput() {
        for count in 0..<Samples.passingKTAP.utf8.count - 1 {
            let cut = String(decoding: Samples.passingKTAP.utf8.prefix(count), as: UTF8.self)
            guard !cut.contains("ok 2") else { continue }
            #expect(answer(Samples.evidence(results: .read(Samples.files(["02-notifier.ktap": cut])))) != .passed)
        }
    }

    @Test(
        "any line of the catalogue, anywhere in a passing console", arguments: ReportCatalogue.patterns.map(\.example))
    func catalogueLine(_ example: String) {
        let lines = Samples.cleanConsole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // During the boot, in each workload, between them, and after all is done.
        for place in [0, 5, 6, 7, 9] {
            for line in ["[    2.413412] \(example)", example, "<0>\(example)", "garbled [    2.413412] \(example)"] {
                var console = lines
                console.insert(line, at: place)
                let evidence = Samples.evidence(console: console.joined(separator: "\n"))
                #expect(answer(evidence) != .passed, "\(line) at \(place)")
            }
        }
    }

    @Test(
        "each example is of the kind its entry says", arguments: ReportCatalogue.patterns.map { ($0.kind, $0.example) })
    func exampleKind(kind: FindingKind, example: String) throws {
        let console = Samples.cleanConsole.replacing("drydock: end 2/2", with: "\(example)\ndrydock: end 2/2")
        let guest = Judge.judge(Samples.evidence(console: console))
        let finding = try #require(guest.workloads[1].findings.first)
        #expect(finding.kind == kind)
        #expect(finding.place == .inside)
        let expected: WorkloadOutcome.Word =
            switch kind.weight {
            case .crash: .crash
            case .hang: .hang
            case .complaint: .fail
            }
        #expect(guest.workloads[1].outcome.word == expected)
        #expect(guest.workloads[0].outcome == .pass)
    }

    @Test("two different ends of one workload")
    func twoEnds() {
        let console = Samples.cleanConsole.replacing(
            "drydock: end 2/2", with: "drydock: end 2/2 notifier signal 11\ndrydock: end 2/2")
        let guest = Judge.judge(Samples.evidence(console: console))
        #expect(guest.workloads[1].outcome == .unproven(reasons: ["the console tells two different endings of it"]))
    }

    @Test(
        "lines of init's that cannot both be true",
        arguments: [
            ("drydock: end 2/2", "drydock: begin 2/2 notifier\ndrydock: end 2/2", "says twice that it began"),
            (
                "drydock: begin 2/2", "drydock: done\ndrydock: begin 2/2",
                "names it in line 8, and init was done in line 7"
            ),
            ("drydock: end 2/2", "drydock: done\ndrydock: end 2/2", "names it in line 9, and init was done in line 8"),
            (
                "drydock: begin 2/2", "drydock: end 2/2 notifier exit 0\ndrydock: begin 2/2",
                "says that it ended in line 7 and began in line 8"
            ),
        ])
    func contradiction(line: String, replacement: String, reason: String) {
        let console = Samples.cleanConsole.replacing(line, with: replacement)
        let guest = Judge.judge(Samples.evidence(console: console))
        #expect(guest.workloads[1].outcome.word == .unproven)
        #expect(guest.workloads[1].outcome.reasons.first?.contains(reason) == true, "\(guest.workloads[1].outcome)")
        #expect(guest.workloads[0].outcome == .pass)
        #expect(answer(Samples.evidence(console: console)) != .passed)
    }

    @Test("a kernel that begins again while a workload runs")
    func startedOver() {
        let console = Samples.cleanConsole.replacing(
            "drydock: end 2/2", with: "[    0.000000] Linux version 6.1.192-drydock\ndrydock: end 2/2")
        #expect(Judge.judge(Samples.evidence(console: console)).machine.state == .died)
    }

    @Test("messages that the kernel dropped from its console")
    func lostMessages() {
        let console = Samples.cleanConsole.replacing(
            "drydock: end 2/2", with: "** 17 printk messages dropped **\ndrydock: end 2/2")
        let workload = Judge.judge(Samples.evidence(console: console)).workloads[1]
        #expect(workload.outcome.reasons == ["the kernel dropped 17 messages of its console while it ran"])
        #expect(workload.doubt == .host)
    }

    @Test("the warning of which the kernel was told to make a panic is the cause")
    func panicOnWarning() {
        let warning = "WARNING: CPU: 1 PID: 84 at mm/a.c:540 mmu_notifier_unregister+0x9e/0x140\n"
        let console = Samples.cleanConsole.replacing(
            "drydock: end 2/2", with: warning + "Kernel panic - not syncing: panic_on_warn set ...\ndrydock: end 2/2")
        let guest = Judge.judge(Samples.evidence(ending: .crashed, console: console))
        #expect(guest.machine.finding?.kind == .warning)
        #expect(guest.workloads[1].outcome.reasons == ["warning in mmu_notifier_unregister"])
    }

    @Test("the first four bytes of each entry, which select the lines, are known")
    func stems() { #expect(ReportCatalogue.patterns.allSatisfy { $0.stem.utf8.count >= 4 || $0.stem == "]" }) }

    @Test("any marker of init's left out", arguments: ["drydock: done", "drydock: init\n"])
    func missingMarker(_ marker: String) {
        let console = Samples.cleanConsole.replacing(marker, with: "")
        if marker == "drydock: done" { #expect(answer(Samples.evidence(console: console)) != .passed) }
        // Without its first line init is known by what it did.
        if marker != "drydock: done" { #expect(answer(Samples.evidence(console: console)) == .passed) }
    }

    @Test(
        "a result that is told on the console is no marker", arguments: ["init.status: plan=complete", "done.txt: x"])
    func toldResult(_ line: String) {
        let console = Samples.cleanConsole.replacing("drydock: begin 2/2", with: "drydock: \(line)\ndrydock: begin 2/2")
        #expect(answer(Samples.evidence(console: console)) == .passed)
        let endless = console.replacing("drydock: done\n", with: "")
        #expect(answer(Samples.evidence(console: endless)) != .passed)
    }

    @Test(
        "any ending but a power-off",
        arguments: [
            Ending.crashed, .destroyedAfterFatalConsole, .consoleFlooded(limitBytes: 16 << 20),
            .destroyedAtDeadline(limitSeconds: 90),
            .neverReachedInit(limitSeconds: 60), .lost(reason: "qemu was killed"),
        ])
    func ending(_ ending: Ending) { #expect(answer(Samples.evidence(ending: ending)) != .passed) }

    @Test("judging twice gives the same bytes, and reading them the same verdict", arguments: CorpusCase.all)
    func determinism(_ example: CorpusCase) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let verdict = Samples.verdict(Samples.evidence(.base), example.evidence())
        let bytes = try encoder.encode(verdict)
        #expect(try encoder.encode(Samples.verdict(Samples.evidence(.base), example.evidence())) == bytes)
        #expect(try encoder.encode(JSONDecoder().decode(Verdict.self, from: bytes)) == bytes)
    }

    @Test("a verdict of another schema is refused")
    func schema() throws {
        let bytes = try JSONEncoder().encode(Verdict(target: "t", guests: []))
        let later = Data(String(decoding: bytes, as: UTF8.self).replacing("\"schema\":1", with: "\"schema\":99").utf8)
        #expect(throws: JudgementError.unknownSchema(found: 99, known: Verdict.currentSchema)) {
            try JSONDecoder().decode(Verdict.self, from: later)
        }
    }
}
