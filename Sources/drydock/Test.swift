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
            discussion: "With --deterministic: boot each seed so many times, and compare console, trace and results.",
            valueName: "times"))
    var `repeat`: Int?

    @Option(
        help: ArgumentHelp(
            "With --deterministic: boot the judged kernel with each of these seeds, such as 1..200.",
            discussion: """
                Those workloads run that are races, where none is named. Without --seed and --seeds the seeds are \
                \(SeedRange.usual.range.lowerBound)..\(SeedRange.usual.range.upperBound).
                """,
            valueName: "first..last"))
    var seeds: SeedRange?

    @Flag(help: "With --deterministic: --repeat 2.")
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
        if seeds != nil, boot.seed != nil { throw ValidationError("--seed is one of --seeds: give one or the other.") }
        if checkDeterminism, !boot.deterministic {
            throw ValidationError("--check-determinism needs --deterministic: without it no run is the same again.")
        }
        if checkDeterminism, `repeat` != nil {
            throw ValidationError("--check-determinism is --repeat 2: give one or the other.")
        }
    }

    /// The seeds to boot the judged kernel with; nil where base and patched are booted, with one.
    private var sweep: ClosedRange<UInt64>? {
        guard boot.deterministic else { return nil }
        guard let seed = boot.seed else { return (seeds ?? .usual).range }
        return `repeat` != nil || checkDeterminism ? seed...seed : nil
    }

    func run() async throws {
        do {
            let judged = try await withPipeline(target, common) { pipeline in
                let pipeline = try pipeline.building(kernel, boot)
                if let sweep {
                    let times = `repeat` ?? (checkDeterminism ? 2 : 1)
                    return try JudgedTest(try await pipeline.sweep(boot.request, seeds: sweep, times: times).url)
                }
                guard let times = `repeat` else { return try JudgedTest(try await pipeline.run(boot.request).url) }
                return try JudgedTest(try await pipeline.repeat(boot.request, times: times).url)
            }
            try judged.finish(as: common.format)
        } catch let error where bisect && !(error is CancellationError) {
            let status = error as? ExitStatus ?? .couldNotJudge
            if !(error is ExitStatus) { printToStandardError("drydock: \(error)") }
            throw status == .couldNotJudge ? .cannotBeTested : status
        }
    }
}
