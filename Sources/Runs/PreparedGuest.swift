import Build
import Evidence
import Foundation
import Image
import Machine
import Targets

/// A guest that is ready to be booted.
struct PreparedGuest: Sendable {
    let target: Target
    let build: KernelBuild
    let plan: BootPlan
    let image: GuestImage
    /// The programs that were packed into its image.
    let programs: GuestPrograms
    let probe: ProbeModule?

    var guest: GuestName { plan.guest }

    /// A guest of the same kernel with another plan.
    func planning(_ plan: BootPlan, cache: URL) async throws -> PreparedGuest {
        PreparedGuest(
            target: target, build: build, plan: plan,
            image: try await GuestImage.build(plan: plan, programs: programs, probe: probe, cache: cache),
            programs: programs, probe: probe)
    }

    /// The same guest with another seed, given on its kernel's command line.
    func choosing(seed: UInt64) -> PreparedGuest {
        PreparedGuest(
            target: target, build: build, plan: plan.choosing(seed: seed), image: image, programs: programs,
            probe: probe)
    }
}

extension [PreparedGuest] {
    /// The patches that the judged kernel has in addition to its source, in order.
    var patches: [KeptPatch] { last?.build.patches ?? [] }
}

extension Target {
    /// The plans for the guests of one kernel: first that of all workloads that do not crash or hang the guest; then,
    /// for the judged kernel only, those of one workload each.
    func plans(
        of workloads: [Workload], for build: (subject: Subject, version: String), isJudged: Bool, _ request: BootRequest
    ) -> [BootPlan] {
        let planned = workloads.map { workload in
            workload.planned(
                seed: request.seed, known: knownFinding(of: workload.name, on: build.version))
        }
        let shared = planned.filter { !$0.needsOwnMachine }
        let alone = planned.filter(\.needsOwnMachine)
        func plan(_ alone: String?, _ workloads: [PlannedWorkload]) -> BootPlan {
            BootPlan(
                target: name, guest: GuestName(build.subject, alone: alone), cpus: machine.cpus,
                nanosecondsPerInstruction: request.countsInstructions ? Self.nanosecondsPerInstruction : nil,
                isDeterministic: request.isDeterministic ? true : nil,
                workloads: workloads)
        }
        // Even without a workload, a guest shows that the kernel boots.
        let together = shared.isEmpty && !alone.isEmpty ? [] : [plan(nil, shared)]
        return together + (isJudged ? alone.map { plan($0.name, [$0]) } : [])
    }

    /// About TCG's speed in a second of the host, so that limits in guest time have their usual meaning.
    static let nanosecondsPerInstruction = 2

    private func knownFinding(of workload: String, on version: String) -> KnownFinding? {
        knownFindings.first { $0.workload == workload && $0.isAbout(version) }.map {
            KnownFinding(reason: $0.reason, reference: $0.reference)
        }
    }
}
