import Evidence
import Foundation
import Judgement
import Testing

@Suite("Mutants")
struct MutationTests {
    /// A boot of `truncate` and `notifier`, in which `notifier` has the outcome `word`.
    static func guest(_ subject: Subject, _ word: WorkloadOutcome.Word = .pass) -> GuestVerdict {
        func boot(_ console: String, _ changes: [String: String?] = [:], _ ending: Ending = .poweredOff) -> GuestVerdict
        {
            Judge.judge(
                Samples.evidence(subject, ending: ending, console: console, results: .read(Samples.files(changes))))
        }
        let console = Samples.cleanConsole
        let oops = "[    2.413412] BUG: kernel NULL pointer dereference, address: 0000000000000010\ndrydock: end 2/2"
        switch word {
        case .pass: return boot(console)
        case .fail:
            let ktap = "KTAP version 1\n# figure rounds 12 count\n1..1\nnot ok 1 waits for the drop\n"
            return boot(
                console.replacing("notifier exit 0", with: "notifier exit 1"),
                ["02-notifier.ktap": ktap, "02-notifier.status": Samples.status("exit", 1)])
        case .skip: return boot(console, ["02-notifier.ktap": "KTAP version 1\n1..0 # SKIP one CPU\n"])
        case .crash: return boot(console.replacing("drydock: end 2/2", with: oops))
        case .hang:
            return boot(
                console.replacing("notifier exit 0", with: "notifier timeout"),
                ["02-notifier.status": Samples.status("timeout", 9)])
        case .lost:
            return boot(
                console.components(separatedBy: "drydock: end 2/2")[0],
                ["02-notifier.ktap": nil, "02-notifier.status": nil, "init.status": nil],
                .lost(reason: "qemu was killed"))
        case .unproven: return boot(console, ["02-notifier.ktap": nil])
        }
    }

    static let neverReachedInit = Judge.judge(
        Samples.evidence(
            .mutant(name: nil), ending: .neverReachedInit(limitSeconds: 60), console: "Linux version 6.1.192\n",
            results: .read([:])))

    static func mutant(_ name: String = "m", killedBy: [String] = ["notifier"], fault: MutantFault? = nil)
        -> MutantRecord
    {
        MutantRecord(
            name: name, subject: "mm: leave out a lock", breaks: ["C1"], killedBy: killedBy, variant: nil, fault: fault,
            run: "mutants/\(name)")
    }

    /// The verdict over these mutants with what their runs show.
    static func verdict(
        control: GuestVerdict = guest(.patched), leftOut: [String] = [], _ mutants: (MutantRecord, [GuestVerdict]?)...
    ) -> MutationVerdict {
        let record = MutationRecord(
            target: "t", version: "6.1.7", started: Date(timeIntervalSince1970: 0),
            controls: [.init(variant: nil, run: "control")], mutants: mutants.map(\.0), leftOut: leftOut)
        return MutationVerdict(
            record, control: { _ in [control] },
            guests: { mutant in
                mutants.first { $0.0 == mutant }?.1
            }, difference: { _ in nil })
    }

    private func judge(
        _ guests: [GuestVerdict]?, control: GuestVerdict = guest(.patched), killedBy: [String] = ["notifier"]
    ) -> MutantVerdict {
        Self.verdict(control: control, (Self.mutant(killedBy: killedBy), guests)).mutants[0]
    }

    @Test(
        "is killed if a workload that passes without it fails, crashes or hangs on it",
        arguments: [WorkloadOutcome.Word.fail, .crash, .hang])
    func killed(_ word: WorkloadOutcome.Word) {
        let verdict = judge([Self.guest(.mutant(name: nil), word)])
        #expect(verdict.outcome == .killed)
        #expect(verdict.kills.map(\.workload) == ["notifier"])
        #expect(verdict.kills.map(\.outcome) == [word])
        #expect(verdict.kills.allSatisfy { !$0.reason.isEmpty })
        #expect((verdict.kills.first?.line != nil) == (word == .crash))
    }

    @Test("the evidence names the reason, the console's line and what was measured")
    func evidence() throws {
        let failed = try #require(judge([Self.guest(.mutant(name: nil), .fail)]).kills.first)
        #expect(failed.reason == "not ok 1 waits for the drop")
        #expect(failed.figures == [Figure(name: "rounds", value: 12, unit: "count")])
        #expect(failed.milliseconds == 120)
        let crashed = try #require(judge([Self.guest(.mutant(name: nil), .crash)]).kills.first)
        #expect(crashed.line == 8)
    }

    @Test("survives if all workloads that must notice it pass")
    func survived() {
        #expect(judge([Self.guest(.mutant(name: nil))]).outcome == .survived)
        #expect(judge([Self.guest(.mutant(name: nil))], killedBy: ["notifier", "truncate"]).outcome == .survived)
    }

    @Test("a workload that its patch does not name does not kill it")
    func others() {
        let verdict = judge([Self.guest(.mutant(name: nil), .fail)], killedBy: ["truncate"])
        #expect(verdict.outcome == .survived)
        #expect(verdict.alsoNoticed.map(\.workload) == ["notifier"])
    }

    @Test("one workload of several is enough, even if another is inconclusive")
    func oneOfSeveral() {
        let verdict = judge([Self.guest(.mutant(name: nil), .fail)], killedBy: ["absent", "notifier"])
        #expect(verdict.outcome == .killed)
        #expect(verdict.gaps == ["absent was not run on it, or was cut off"])
        #expect(verdict.passing == [])
        #expect(judge([Self.guest(.mutant(name: nil))], killedBy: ["absent", "notifier"]).outcome == .couldNotTell)
    }

    @Test("a workload that passes on a killed mutant is named, and the mutant is no survivor")
    func namedInVain() {
        let verdict = judge([Self.guest(.mutant(name: nil), .fail)], killedBy: ["truncate", "notifier"])
        #expect(verdict.outcome == .killed)
        #expect(verdict.passing == ["truncate"])
        #expect(judge([Self.guest(.mutant(name: nil), .skip)], killedBy: ["notifier"]).passing == [])
        // What does not pass without the mutant either says nothing by passing with it.
        let control = Self.guest(.patched, .fail)
        #expect(
            judge([Self.guest(.mutant(name: nil))], control: control, killedBy: ["truncate", "notifier"]).passing == [
                "truncate"
            ])
        #expect(judge([Self.guest(.mutant(name: nil))], control: control).passing == [])
    }

    @Test("is inconclusive if the workload shows nothing", arguments: [WorkloadOutcome.Word.skip, .unproven, .lost])
    func couldNotTell(_ word: WorkloadOutcome.Word) {
        let verdict = judge([Self.guest(.mutant(name: nil), word)])
        #expect(verdict.outcome == .couldNotTell)
        #expect(verdict.gaps.count == 1 && verdict.gaps.first?.hasPrefix("notifier: \(word.rawValue), ") == true)
    }

    @Test("is inconclusive if the guest never reached init, or was not booted")
    func neverBooted() {
        #expect(judge([Self.neverReachedInit]).outcome == .couldNotTell)
        let verdict = judge(nil)
        #expect(verdict.outcome == .couldNotTell)
        #expect(verdict.gaps == ["it was not booted, or its run was cut off"])
    }

    @Test(
        "a failure that the kernel without it shows too is no kill",
        arguments: [WorkloadOutcome.Word.fail, .crash, .hang, .skip, .lost, .unproven])
    func control(_ word: WorkloadOutcome.Word) {
        let verdict = judge([Self.guest(.mutant(name: nil), .fail)], control: Self.guest(.patched, word))
        #expect(verdict.outcome == .couldNotTell)
        #expect(verdict.gaps.first?.hasPrefix("notifier does not pass on the patched kernel: \(word.rawValue)") == true)
        #expect(verdict.kills.isEmpty)
    }

    @Test("one that cannot be tested is an error, whatever a boot shows")
    func fault() {
        for kind in MutantFault.Kind.allCases {
            let fault = MutantFault(kind, reason: "r")
            let verdict = Self.verdict((Self.mutant(fault: fault), [Self.guest(.mutant(name: nil), .fail)]))
            #expect(verdict.mutants[0].outcome == .error)
            #expect(verdict.mutants[0].kills.isEmpty)
            #expect(verdict.score == nil)
            #expect(verdict.conclusion.answer == .couldNotJudge)
        }
    }

    @Test("the score counts what was tested, and a survivor outranks an inconclusive mutant")
    func score() {
        let killed = (Self.mutant("a"), [Self.guest(.mutant(name: nil), .crash)] as [GuestVerdict]?)
        let survived = (Self.mutant("b"), [Self.guest(.mutant(name: nil))] as [GuestVerdict]?)
        let unknown = (Self.mutant("c"), nil as [GuestVerdict]?)
        let broken = (
            Self.mutant("d", fault: MutantFault(.doesNotBuild, reason: "r")), nil as [GuestVerdict]?
        )
        #expect(Self.verdict(killed, broken).score == 1)
        #expect(Self.verdict(killed, survived, unknown, broken, killed).score == 0.5)
        #expect(Self.verdict(killed).conclusion.answer == .passed)
        #expect(Self.verdict(killed).conclusion.reason == "the one mutant is killed")
        #expect(Self.verdict(killed, unknown).conclusion.answer == .couldNotJudge)
        #expect(Self.verdict(killed, broken).conclusion.answer == .couldNotJudge)
        let failed = Self.verdict(killed, survived, unknown, broken).conclusion
        #expect(failed.answer == .failed)
        #expect(failed.failing == ["b"])
        #expect(
            failed.reason == "1 mutant survived: b; 1 inconclusive: c; 1 cannot be tested: d")
    }

    @Test("if no mutant is for this tree, there is nothing to pass")
    func nothing() {
        let verdict = Self.verdict(leftOut: ["x"])
        #expect(verdict.conclusion.answer == .couldNotJudge)
        #expect(verdict.score == nil)
    }

    @Test("each variant has a control of its own")
    func variants() {
        let mutants = [nil, "lockdep"].map {
            MutantRecord(name: "m", subject: "s", breaks: ["C1"], killedBy: ["notifier"], variant: $0, run: "r")
        }
        let record = MutationRecord(
            target: "t", version: "6", started: .distantPast,
            controls: [.init(variant: nil, run: "control"), .init(variant: "lockdep", run: "control-lockdep")],
            mutants: mutants, leftOut: [])
        let verdict = MutationVerdict(
            record, control: { [Self.guest(.patched, $0.variant == nil ? .pass : .fail)] },
            guests: { _ in [Self.guest(.mutant(name: nil), .fail)] }, difference: { _ in nil })
        #expect(verdict.mutants.map(\.outcome) == [.killed, .couldNotTell])
        #expect(verdict.controls.map { $0.workloads["notifier"] } == [.pass, .fail])
    }

    @Test("the verdict comes back from its JSON")
    func json() throws {
        let verdict = Self.verdict(
            leftOut: ["x"], (Self.mutant("a"), [Self.guest(.mutant(name: nil), .crash)]), (Self.mutant("b"), nil))
        #expect(try JSONDecoder().decode(MutationVerdict.self, from: JSONEncoder().encode(verdict)) == verdict)
        #expect(verdict.schema == 1)
    }
}
