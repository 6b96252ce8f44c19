import ArgumentParser

/// `drydock`: one sub-command per stage, and `test` for the whole way.
struct Drydock: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "drydock",
        abstract: """
            May I post this backport? Builds base and patched kernels, boots both, says what the patches changed.
            """,
        discussion: """
            The sub-commands are the stages of one test. Each first runs the earlier stages, if they are not done yet.

              drydock test debian-6.1     everything, from the source to the verdict
              drydock series debian-6.1   how each patch applies: clean, fuzz, rejected
              drydock judge               the latest run's verdict again, without a boot
              drydock mutants debian-6.1  whether the workloads notice a broken kernel
              drydock replay RUN          a deterministic run again, the same to the microsecond
              drydock doctor              what this host can do, and what it lacks

            Exit status: 0 all passed; 1 something failed; 2 wrong usage; 69 could not
            judge; 130 interrupted.
            Completions: drydock --generate-completion-script bash (or zsh, fish).
            """,
        version: version,
        subcommands: [
            Doctor.self, ListTargets.self, Fetch.self, Series.self, Build.self, Run.self, Test.self, Mutants.self,
            ReplayRun.self, JudgeRun.self, ReportRun.self, ReadConsole.self, KeepWarden.self,
        ])
}
