import ArgumentParser
import Evidence
import Foundation
import Judgement
import Report
import Runs

/// `drydock test`: what `make vm-test` calls.
struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Everything: source, series, builds, boots, results, verdict.",
        discussion: """
            Exit status 0 if every workload of the patched kernel passed or was skipped, 1 if something failed, 69 if no
            verdict was possible. With --bisect, 125 replaces 69, for `git bisect run`.
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var kernel: BuildOptions
    @OptionGroup var boot: BootOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var common: CommonOptions

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Run the same plan this many times on the judged kernel, and say how often each workload failed.",
            discussion: "With --deterministic: boot each seed this many times, and compare console, trace and results.",
            valueName: "times"))
    var `repeat`: Int?

    @Option(
        help: ArgumentHelp(
            "With --deterministic: boot the judged kernel with each of these seeds, such as 1..200.",
            discussion: """
                If no workload is named, the races run. Without --seed and --seeds, the seeds are \
                \(SeedRange.usual.range.lowerBound)..\(SeedRange.usual.range.upperBound).
                """,
            valueName: "first..last"))
    var seeds: SeedRange?

    @Flag(help: "With --deterministic: the same as --repeat 2.")
    var checkDeterminism = false

    @Flag(help: "Exit with 125 if no verdict was possible.")
    var bisect = false

    func validate() throws {
        if let times = `repeat`, !(1...999).contains(times) {
            throw ValidationError("--repeat is \(times); it must be 1 to 999.")
        }
        try validateSeeds()
    }

    private func validateSeeds() throws {
        if seeds != nil, !boot.deterministic {
            throw ValidationError("--seeds needs --deterministic: without it a seed only decides the steps.")
        }
        if seeds != nil, boot.seed != nil { throw ValidationError("--seed is one of --seeds: give only one of them.") }
        if checkDeterminism, !boot.deterministic {
            throw ValidationError("--check-determinism needs --deterministic: without it no two runs are the same.")
        }
        if checkDeterminism, `repeat` != nil {
            throw ValidationError("--check-determinism means --repeat 2: give one of them.")
        }
    }

    /// The seeds with which the judged kernel is booted; nil if base and patched are booted, with one seed.
    private var sweep: ClosedRange<UInt64>? {
        guard boot.deterministic else { return nil }
        guard let seed = boot.seed else { return (seeds ?? .usual).range }
        return `repeat` != nil || checkDeterminism ? seed...seed : nil
    }

    func run() async throws {
        do {
            let judged = try await withPreparation(target, common) { preparation in
                let preparation = try preparation.building(kernel, boot)
                if let sweep {
                    let times = `repeat` ?? (checkDeterminism ? 2 : 1)
                    return try JudgedTest(try await preparation.sweep(boot.request, seeds: sweep, times: times).url)
                }
                guard let times = `repeat` else { return try JudgedTest(try await preparation.test(boot.request).url) }
                return try JudgedTest(try await preparation.repeat(boot.request, times: times).url)
            }
            try judged.finish(as: report.format(common))
        } catch let error where bisect && !(error is CancellationError) {
            let status = error as? ExitStatus ?? .couldNotJudge
            if !(error is ExitStatus) { printToStandardError("drydock: \(error)") }
            throw status == .couldNotJudge ? .cannotBeTested : status
        }
    }
}
