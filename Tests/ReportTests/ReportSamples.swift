import Evidence
import Foundation
import Judgement

/// Verdicts drawn from made-up boots of three workloads.
enum ReportSamples {
    static let all: [String: Verdict] = [
        "pass": verdict(boot(.base), boot(.patched, faults: 1040, hold: 1310)),
        "regression": verdict(boot(.base), boot(.patched, faults: 1040, hold: 1860, ranges: failedKTAP, code: 1)),
        "crash": verdict(boot(.base), crashed),
        "base-only": verdict(boot(.base)),
        "as-is": verdict(boot(.asIs)),
        "as-is-regression": verdict(boot(.asIs, ranges: failedKTAP, code: 1)),
        "could-not-judge": verdict(boot(.base), lost),
    ]

    private static let names = ["truncate-fault", "notifier-ranges", "reclaim-locks"]
    private static let passedKTAP = "KTAP version 1\n# seed 7\n1..2\nok 1 registers\nok 2 sees every range\n"
    private static let failedKTAP =
        "KTAP version 1\n# seed 7\n1..2\nok 1 registers\nnot ok 2 the upper half was not announced\n"
    private static let skippedKTAP = "KTAP version 1\n1..0 # SKIP no swap\n"

    private static func verdict(_ evidence: BootEvidence...) -> Verdict {
        Verdict(target: "debian-6.1", guests: evidence.map(Judge.judge))
    }

    private static func console(_ endings: [String?], tail: String) -> String {
        var text = "[    1.234374] Run /init as init process\ndrydock: init\ndrydock: disk sda\ndrydock: probe loaded\n"
        for (index, ending) in endings.enumerated() {
            text += "drydock: begin \(index + 1)/3 \(names[index])\n"
            if let ending { text += "drydock: end \(index + 1)/3 \(names[index]) \(ending)\n" }
        }
        return text + tail
    }

    private static func evidence(_ subject: Subject, _ ending: Ending, _ console: String, _ files: [String: String])
        -> BootEvidence
    {
        let plan = names.map {
            PlannedWorkload(name: $0, summary: "a sample", kind: "notifier", claims: ["C2", "C15"], seed: 7)
        }
        return BootEvidence(
            plan: BootPlan(target: "debian-6.1", guest: GuestName(subject), workloads: plan),
            boot: BootRecord(ending: ending, seconds: 4.5, secondsToInit: 2, accelerator: "tcg"), console: console,
            results: .read(files.mapValues { Data($0.utf8) }))
    }

    private static func truncate(faults: Int, hold: Int) -> String {
        "KTAP version 1\n# seed 7\n1..2\nok 1 cuts\n# figure faults \(faults) pages\nok 2 reads zeros\n"
            + "# figure hold \(hold) ns\n"
    }

    private static func status(_ code: Int) -> String { "ended=exit\ncode=\(code)\nmilliseconds=120\n" }

    private static func boot(
        _ subject: Subject, faults: Int = 1024, hold: Int = 1240, ranges: String = passedKTAP, code: Int = 0
    ) -> BootEvidence {
        evidence(
            subject, .poweredOff, console(["exit 0", "exit \(code)", "exit 0"], tail: "drydock: done\n"),
            [
                "01-truncate-fault.ktap": truncate(faults: faults, hold: hold), "01-truncate-fault.status": status(0),
                "02-notifier-ranges.ktap": ranges, "02-notifier-ranges.status": status(code),
                "03-reclaim-locks.ktap": skippedKTAP, "03-reclaim-locks.status": status(0),
                "init.status": "plan=complete\nworkloads=3\n",
            ])
    }

    private static let firstOnly = [
        "01-truncate-fault.ktap": truncate(faults: 1024, hold: 1240), "01-truncate-fault.status": status(0),
    ]

    private static let crashed = evidence(
        .patched, .destroyedAfterFatalConsole,
        console(
            ["exit 0", nil],
            tail: """
                [    1.413412] BUG: kernel NULL pointer dereference, address: 0000000000000008
                [    1.413887] #PF: supervisor read access in kernel mode
                [    1.414178] Oops: 0000 [#1] SMP
                [    1.414178] CPU: 0 PID: 37 Comm: notifier-ranges Not tainted 6.1.192-drydock #1
                [    1.414178] RIP: 0010:mn_hlist_release+0x1a/0x90
                [    1.414178] RSP: 0018:ffff888000b07c90 EFLAGS: 00000246
                [    1.414178] Call Trace:
                [    1.414178]  <TASK>
                [    1.414178]  exit_mmap+0x2a/0x2d0
                [    1.414178]  mmput+0x5e/0x130
                [    1.414178]  do_exit+0x2d9/0xae0
                [    1.414178]  do_group_exit+0x28/0x80
                [    1.414178]  __x64_sys_exit_group+0x12/0x20
                [    1.414178]  do_syscall_64+0x2f/0x50
                [    1.414178]  entry_SYSCALL_64_after_hwframe+0x4b/0xb5
                [    1.414178]  </TASK>
                [    1.438197] ---[ end trace 0000000000000000 ]---
                [    1.438300] Kernel panic - not syncing: Fatal exception
                [    1.438400] Kernel Offset: disabled
                [    1.438500] Rebooting in 5 seconds..

                """), firstOnly)

    private static let lost = evidence(
        .patched, .lost(reason: "qemu was killed by signal 9"), console(["exit 0", nil], tail: ""), firstOnly)
}
