import Evidence
import Foundation
import Judgement

/// Evidence made up for a test.
enum Samples {
    static let passingKTAP = "KTAP version 1\n# seed 1\n1..2\nok 1 maps\n# figure faults 1024 pages\nok 2 cuts\n"
    static let cleanConsole = """
        [    1.234374] Run /init as init process
        drydock: init
        drydock: disk sda
        drydock: probe loaded
        drydock: begin 1/2 truncate
        drydock: end 1/2 truncate exit 0
        drydock: begin 2/2 notifier
        drydock: end 2/2 notifier exit 0
        drydock: done
        [    1.592397] reboot: Power down

        """

    static func status(_ ended: String = "exit", _ code: Int? = 0) -> String {
        "ended=\(ended)\n" + (code.map { "code=\($0)\n" } ?? "") + "milliseconds=120\n"
    }

    /// The files of a boot in which both workloads pass; `changes` replaces some, or removes them by nil.
    static func files(_ changes: [String: String?] = [:]) -> [String: Data] {
        var files = [
            "01-truncate.ktap": passingKTAP, "01-truncate.status": status(),
            "02-notifier.ktap": passingKTAP, "02-notifier.status": status(),
            "init.status": "plan=complete\nworkloads=2\n",
        ]
        for (name, text) in changes { files[name] = text }
        return files.mapValues { Data($0.utf8) }
    }

    static func evidence(
        _ subject: Subject = .patched, alone: String? = nil, again: Int? = nil,
        plan: [String] = ["truncate", "notifier"],
        isDeterministic: Bool = false, ending: Ending = .poweredOff, console: String = cleanConsole,
        results: ResultFiles = .read(files()), scheduling: SchedulingRecord? = nil
    ) -> BootEvidence {
        BootEvidence(
            plan: BootPlan(
                target: "t", guest: GuestName(subject, alone: alone, again: again),
                nanosecondsPerInstruction: isDeterministic ? 2 : nil,
                isDeterministic: isDeterministic ? true : nil, workloads: plan.map { PlannedWorkload(name: $0) }),
            boot: BootRecord(ending: ending, seconds: 5, secondsToInit: 2, accelerator: "tcg"),
            console: console, results: results, scheduling: scheduling)
    }

    /// The files that init would have written when its console is at this point.
    static func results(of plan: [String], console: String) -> ResultFiles {
        var files: [String: Data] = [:]
        for (index, name) in plan.enumerated() {
            let lines = console.split(whereSeparator: \.isNewline)
            guard let line = lines.last(where: { $0.contains("drydock: end \(index + 1)/") }) else { continue }
            let words = line.split(separator: " ")
            let status = status(String(words[4]), words.count > 5 ? Int(words[5]) : nil)
            files["0\(index + 1)-\(name).status"] = Data(status.utf8)
            files["0\(index + 1)-\(name).ktap"] = Data(passingKTAP.utf8)
        }
        if console.contains("drydock: done") { files["init.status"] = Data("plan=complete\nworkloads=2\n".utf8) }
        return .read(files)
    }

    static func verdict(_ evidence: BootEvidence...) -> Verdict {
        Verdict(target: "t", guests: evidence.map(Judge.judge))
    }
}
