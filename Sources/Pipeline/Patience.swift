import Evidence
import Machine

extension BootLimits {
    /// What the guest needs beyond its workloads' own limits: loading the probe, flushing, switching off, and waiting for what
    /// cannot be killed, which init stretches by the guest's pace.
    private static let slackSeconds = 60
    /// How many of the host's seconds one of the guest's may take where one processor counts its instructions.
    private static let deterministicPatience = 6
    /// A deterministic guest is quick to say all it has to say: its time jumps where nothing runs.
    private static let deterministicHangGraceSeconds = 10.0

    /// - Parameter bootSeconds: how long the kernel may take to reach init, in seconds of the guest.
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
