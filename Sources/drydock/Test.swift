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

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Run the same plan so many times on the judged kernel, and say how often each workload failed.",
            valueName: "times"))
    var `repeat`: Int?

    @Option(
        help: ArgumentHelp(
            "With --deterministic: boot the judged kernel once with each of these seeds, such as 1..200.",
            valueName: "first..last"))
    var seeds: SeedRange?

    @Flag(help: "With --seeds: boot each seed twice, and compare console, trace and results.")
    var checkDeterminism = false

    @Flag(help: "Exit with 125 where no verdict was possible.")
    var bisect = false

    func validate() throws {
        if let times = `repeat`, !(1...999).contains(times) {
            throw ValidationError("--repeat must lie in 1 to 999, and is \(times).")
        }
        try validateSeeds()
    }

    private func validateSeeds() throws {
        if seeds != nil, !boot.deterministic {
            throw ValidationError("--seeds needs --deterministic: without it a seed decides nothing but the steps.")
        }
        if boot.deterministic, `repeat` != nil {
            throw ValidationError(
                "--repeat asks how often something happens by chance, and --deterministic leaves nothing to it; "
                    + "--check-determinism boots each of --seeds twice.")
        }
        if checkDeterminism, seeds == nil { throw ValidationError("--check-determinism needs --seeds, such as 1..10.") }
    }

    func run() async throws {
        do {
            let judged = try await withPipeline(target, common) { pipeline in
                let pipeline = try pipeline.building(kernel, boot)
                if let seeds {
                    return try Judged(
                        try await pipeline.sweep(
                            boot.request, seeds: seeds.range, checksDeterminism: checkDeterminism
                        ).url)
                }
                guard let times = `repeat` else { return try Judged(try await pipeline.run(boot.request).url) }
                return try Judged(try await pipeline.repeat(boot.request, times: times).url)
            }
            try judged.finish(as: common.json ? .json : .terminal)
        } catch let error where bisect && !(error is CancellationError) {
            let status = error as? ExitStatus ?? .couldNotJudge
            if !(error is ExitStatus) { printToStandardError("drydock: \(error)") }
            throw status == .couldNotJudge ? .cannotBeTested : status
        }
    }
}
