import Build
import Evidence
import Foundation
import Image
import Machine
import Targets

/// A guest that is ready to be booted.
struct Berth: Sendable {
    let build: KernelBuild
    let plan: RunPlan
    let image: GuestImage
    /// What its image was packed of.
    let programs: GuestPrograms
    let probe: ProbeModule?

    var guest: GuestName { plan.guest }

    /// A guest of the same kernel with something else to do.
    func planning(_ plan: RunPlan, cache: URL) async throws -> Berth {
        Berth(
            build: build, plan: plan,
            image: try await GuestImage.build(plan: plan, programs: programs, probe: probe, cache: cache),
            programs: programs, probe: probe)
    }
}

extension [Berth] {
    /// What the kernel that is judged has over its source, in order.
    var patches: [KeptPatch] { last?.build.patches ?? [] }
}

extension Target {
    /// What the guests of one kernel are to do: first that of all workloads that leave it alive, then those of one each,
    /// which only the kernel that is judged has.
    func plans(
        of workloads: [Workload], for build: (subject: Subject, version: String), isJudged: Bool, _ request: BootRequest
    ) -> [RunPlan] {
        let planned = workloads.map { workload in
            workload.planned(
                seed: request.seed, known: knownFinding(of: workload.name, on: build.version))
        }
        let shared = planned.filter { !$0.needsOwnMachine }
        let alone = planned.filter(\.needsOwnMachine)
        func plan(_ alone: String?, _ workloads: [PlannedWorkload]) -> RunPlan {
            RunPlan(
                target: name, guest: GuestName(build.subject, alone: alone), cpus: machine.cpus,
                nanosecondsPerInstruction: request.countsInstructions ? Self.nanosecondsPerInstruction : nil,
                isDeterministic: request.isDeterministic ? true : nil,
                workloads: workloads)
        }
        // With nothing at all to do a guest still shows that the kernel boots.
        let together = shared.isEmpty && !alone.isEmpty ? [] : [plan(nil, shared)]
        return together + (isJudged ? alone.map { plan($0.name, [$0]) } : [])
    }

    /// Near what TCG does in a second of the host's, so that limits in guest time mean what they say.
    static let nanosecondsPerInstruction = 2

    private func knownFinding(of workload: String, on version: String) -> KnownFinding? {
        knownFindings.first { $0.workload == workload && $0.isAbout(version) }.map {
            KnownFinding(reason: $0.reason, reference: $0.reference)
        }
    }
}
