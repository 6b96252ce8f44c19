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

    @Flag(help: "Exit with 125 where no verdict was possible.")
    var bisect = false

    func validate() throws {
        if let times = `repeat`, !(1...999).contains(times) {
            throw ValidationError("--repeat must lie in 1 to 999, and is \(times).")
        }
    }

    func run() async throws {
        do {
            let judged = try await withPipeline(target, common) { pipeline in
                let pipeline = try pipeline.building(kernel, boot)
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
