import ArgumentParser
import Evidence
import Foundation
import Judgement
import Pipeline
import Report

/// `drydock test`: what `make vm-test` calls.
struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Everything: source, series, builds, boots, results, verdict.",
        discussion: """
            Exit status 0 where every workload of the patched kernel passed or was skipped, 1 where something failed,
            69 where no verdict was possible. With --bisect the last becomes 125, for `git bisect run`.
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var kernel: BuildOptions
    @OptionGroup var boot: BootOptions
    @OptionGroup var common: CommonOptions

    @Flag(help: "Exit with 125 where no verdict was possible.")
    var bisect = false

    func run() async throws {
        do {
            let run = try await withPipeline(target, common) { try await $0.building(kernel, boot).run(boot.request) }
            let verdict = try Pipeline.judge(run)
            try present(verdict, of: run, as: common.json ? .json : .terminal)
            try run.write(verdict, to: run.verdictFile)
            throw ExitStatus(for: verdict.conclusion.answer)
        } catch let error where bisect && !(error is CancellationError) {
            let status = error as? ExitStatus ?? .couldNotJudge
            if !(error is ExitStatus) { printToStandardError("drydock: \(error)") }
            throw status == .couldNotJudge ? .cannotBeTested : status
        }
    }
}
