import Evidence
import Foundation

/// One guest of a run directory that was made up: it ran one workload, `w` or what it is alone with, which exited with `code`.
struct SampleRun {
    let subject: Subject
    var alone: String?
    /// Nil for one that was cut off before its disk was read.
    var code: Int? = 0
    /// What the kernel said before init.
    var boot = ""
    /// What the workload printed; by default a check as its exit status says.
    var ktap: String?

    static func write(at place: URL, _ guests: [SampleRun]) throws {
        let run = try RunDirectory.create(
            at: place, target: "t", started: .now, guests: guests.map(\.name), environment: [:])
        for guest in guests { try guest.write(in: run) }
    }

    private var name: GuestName { GuestName(subject, alone: alone) }

    private func write(in run: RunDirectory) throws {
        let (guest, workload) = (name, alone ?? "w")
        try run[guest].write(plan: BootPlan(target: "t", guest: guest, workloads: [PlannedWorkload(name: workload)]))
        try run[guest].write(
            boot: BootRecord(ending: .poweredOff, seconds: 4, secondsToInit: 2, accelerator: "tcg"))
        let console =
            "\(boot)drydock: init\ndrydock: begin 1/1 \(workload)\ndrydock: end 1/1 \(workload) exit \(code ?? 0)\ndrydock: done\n"
        try Data(console.utf8).write(to: run[guest][.console])
        guard let code else { return }
        let files = [
            "01-\(workload).ktap": ktap ?? "KTAP version 1\n1..1\n\(code == 0 ? "" : "not ")ok 1 a claim\n",
            "01-\(workload).status": "ended=exit\ncode=\(code)\nmilliseconds=10\n",
            "init.status": "plan=complete\nworkloads=1\n",
        ]
        try run[guest].write(results: .read(files.mapValues { Data($0.utf8) }))
    }
}
