import Evidence
import Machine

extension BootLimits {
    /// What the guest needs beyond its workloads' own limits: to load the probe, flush, power off, and wait for
    /// processes that cannot be killed, which init stretches by the guest's pace.
    private static let slackSeconds = 60
    /// How many host seconds one guest second may take if one host CPU counts the guest's instructions.
    private static let deterministicPatience = 6
    /// Short, because a deterministic guest's time jumps while nothing runs, so that it soon prints all it has to say.
    private static let deterministicHangGraceSeconds = 10.0

    /// - Parameter bootSeconds: the longest time until the kernel reaches init, in seconds of the guest.
    init(of plan: RunPlan, bootSeconds: Int) {
        let isDeterministic = plan.isDeterministic == true
        let patience = isDeterministic ? Self.deterministicPatience : 1
        let boot = bootSeconds * patience
        let run = plan.workloads.reduce(Self.slackSeconds) { $0 + $1.timeoutSeconds } * patience
        if isDeterministic {
            self.init(bootSeconds: boot, runSeconds: run, hangGraceSeconds: Self.deterministicHangGraceSeconds)
        } else {
            self.init(bootSeconds: boot, runSeconds: run)
        }
    }
}
