import Evidence
import Foundation
import Judgement
import Report
import Testing

@Suite("Mutants as they are shown")
struct MutationReportTests {
    private static let place = URL(filePath: "/runs/7")

    private static func guest(_ ktap: String, _ code: Int) -> GuestVerdict {
        let plan = BootPlan(
            target: "t", guest: GuestName(.mutant(name: nil)), workloads: [PlannedWorkload(name: "hold-rmap")])
        let console =
            "drydock: init\ndrydock: begin 1/1 hold-rmap\ndrydock: end 1/1 hold-rmap exit \(code)\ndrydock: done\n"
        let files = [
            "01-hold-rmap.ktap": ktap, "01-hold-rmap.status": "ended=exit\ncode=\(code)\nmilliseconds=120\n",
            "init.status": "plan=complete\nworkloads=1\n",
        ].mapValues { Data($0.utf8) }
        return Judge.judge(
            BootEvidence(
                plan: plan, boot: BootRecord(ending: .poweredOff, seconds: 4, secondsToInit: 2, accelerator: "tcg"),
                console: console, results: .read(files)))
    }

    private static let passingKTAP = "KTAP version 1\n1..1\nok 1 no page is unmapped while the locks are held\n"
    private static let passing = guest(passingKTAP, 0)
    private static let failing = guest(
        "KTAP version 1\n1..1\nnot ok 1 no page is unmapped while the locks are held\n", 1)

    private static let fault = MutantFault(
        .doesNotApply, reason: "cannot apply mutant gone: it is rejected:\n--- mm/mmap.c\n+++ mm/mmap.c\n@@ -1 +1 @@")

    private static let guests = ["no-rmap": [failing], "no-flag": [passing]]

    static let verdict: MutationVerdict = {
        func mutant(_ name: String, _ breaks: [String], _ killedBy: [String], fault: MutantFault? = nil) -> MutantRecord
        {
            MutantRecord(
                name: name, subject: "mm: \(name)", breaks: breaks, killedBy: killedBy, variant: nil, fault: fault,
                run: fault == nil && name != "unbooted" ? "mutants/\(name)" : nil)
        }
        let record = MutationRecord(
            target: "t", version: "6.1.7", started: .distantPast,
            controls: [.init(variant: nil, run: "control")],
            mutants: [
                mutant("no-rmap", ["C1", "C3"], ["hold-rmap"]), mutant("no-flag", ["C12"], ["hold-rmap"]),
                mutant("unbooted", ["mremap"], ["hold-rmap", "ranges"]),
                mutant("gone", ["C2"], ["hold-rmap"], fault: fault),
            ], leftOut: ["el5-only"])
        return MutationVerdict(
            record, control: { _ in [passing] }, guests: { guests[$0.name] }, difference: { _ in nil })
    }()

    @Test("a row for each, why some are not killed, the score and where to look")
    func text() {
        #expect(
            TerminalFormat.text(Self.verdict.report(of: Self.place)) == """
                mutant    breaks  killed by       outcome       evidence
                no-rmap   C1 C3   hold-rmap       killed        fail: not ok 1 no page is unmapped while the locks are held
                no-flag   C12     (hold-rmap)     survived      passes: hold-rmap
                unbooted  mremap  (hold-rmap) +1  inconclusive  it was not booted, or its run was cut off
                gone      C2      (hold-rmap)     error         does not apply

                no-flag: mm: no-flag
                unbooted: it was not booted, or its run was cut off
                gone: cannot apply mutant gone: it is rejected:
                    --- mm/mmap.c
                    +++ mm/mmap.c
                    @@ -1 +1 @@

                mutation score 33 % (1 of 3 killed on Linux 6.1.7; 1 not for this tree)
                FAILED: 1 mutant survived: no-flag; 1 inconclusive: unbooted; 1 cannot be tested: gone
                Next: read /runs/7/mutants/no-flag/mutant/console.log

                """)
    }

    @Test("a killed one names the workloads of Killed-by that pass on it")
    func namedInVain() {
        let name = "hold-rmap"
        func guest(_ subject: Subject, _ ktap: String, _ code: Int) -> GuestVerdict {
            let plan = BootPlan(
                target: "t", guest: GuestName(subject),
                workloads: [PlannedWorkload(name: name), PlannedWorkload(name: "take-once")])
            var console = "drydock: init\n"
            var files = ["init.status": "plan=complete\nworkloads=2\n"]
            for (number, workload, ktap, code) in [(1, name, ktap, code), (2, "take-once", Self.passingKTAP, 0)] {
                console += "drydock: begin \(number)/2 \(workload)\ndrydock: end \(number)/2 \(workload) exit \(code)\n"
                files["0\(number)-\(workload).ktap"] = ktap
                files["0\(number)-\(workload).status"] = "ended=exit\ncode=\(code)\n"
            }
            return Judge.judge(
                BootEvidence(
                    plan: plan,
                    boot: BootRecord(ending: .poweredOff, seconds: 4, secondsToInit: 2, accelerator: "tcg"),
                    console: console + "drydock: done\n", results: .read(files.mapValues { Data($0.utf8) })))
        }
        let record = MutationRecord(
            target: "t", version: "6.1.7", started: .distantPast, controls: [.init(variant: nil, run: "control")],
            mutants: [
                MutantRecord(
                    name: "no-rmap", subject: "mm: no-rmap", breaks: ["C1"], killedBy: [name, "take-once"],
                    variant: nil, run: "mutants/no-rmap")
            ], leftOut: [])
        let verdict = MutationVerdict(
            record, control: { _ in [guest(.patched, Self.passingKTAP, 0)] },
            guests: { _ in [guest(.mutant(name: nil), "KTAP version 1\n1..1\nnot ok 1 no page is unmapped\n", 1)] },
            difference: { _ in nil })
        let text = TerminalFormat.text(verdict.report(of: Self.place))
        #expect(text.contains("\n\nno-rmap: take-once passes on it, though Killed-by names it\n\n"), "\(text)")
        #expect(verdict.conclusion.answer == .passed)
    }

    @Test("no line is wider than asked for but the one with a path, and colours take no width")
    func width() {
        for width in [60, 80, 120, 200] {
            let plain = TerminalFormat.text(Self.verdict.report(of: Self.place), on: Page(columns: width))
            for line in plain.split(separator: "\n") where !line.hasPrefix("Next:") && !line.hasPrefix("mutation score")
            {
                #expect(line.count <= min(width, 120), "\(line)")
            }
            let coloured = TerminalFormat.text(
                Self.verdict.report(of: Self.place), on: Page(style: .ansi, columns: width))
            #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
            #expect(coloured != plain)
        }
    }

    @Test("says which seed killed a mutant, and how many did not")
    func seeds() {
        func mutant(_ name: String, again: String?) -> MutantRecord {
            MutantRecord(
                name: name, subject: "s", breaks: ["C1"], killedBy: ["hold-rmap"], variant: nil,
                search: SeedSearch(seed: 3, tried: 3, again: again), run: "mutants/\(name)/seed-3")
        }
        let record = MutationRecord(
            target: "t", version: "6.1.7", started: .distantPast,
            controls: [.init(variant: nil, seed: 3, run: "control/seed-3")],
            mutants: [mutant("no-rmap", again: "a"), mutant("no-flag", again: nil)], leftOut: [],
            withoutRace: ["other", "another"])
        let verdict = MutationVerdict(
            record, control: { _ in [Self.passing] }, guests: { Self.guests[$0.name] },
            difference: { _ in nil })
        let text = TerminalFormat.text(verdict.report(of: Self.place))
        #expect(text.contains("killed    seed 3 twice, fail: not ok 1 no page"), "\(text)")
        #expect(text.contains("survived  passes under 3 seeds: hold-rmap"), "\(text)")
        #expect(text.contains("(1 of 2 killed on Linux 6.1.7; 2 that no race must notice are left out)"), "\(text)")
    }

    @Test("as KTAP a killed mutant is ok, and a surviving or inconclusive one is not")
    func ktap() {
        #expect(
            KTAPFormat.text(Self.verdict.report(of: Self.place)) == """
                KTAP version 1
                1..4
                # no-rmap: killed: fail: not ok 1 no page is unmapped while the locks are held
                ok 1 no-rmap
                # no-flag: survived: passes: hold-rmap
                not ok 2 no-flag
                # unbooted: inconclusive: it was not booted, or its run was cut off
                not ok 3 unbooted
                # gone: error: does not apply
                not ok 4 gone
                # failed: 1 mutant survived: no-flag; 1 inconclusive: unbooted; 1 cannot be tested: gone

                """)
    }
}
