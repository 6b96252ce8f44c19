import ArgumentParser
import Evidence
import Foundation
import Judgement
import Runs

/// `drydock mutants`.
struct Mutants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Break the patched kernel on purpose, one change at a time, and see whether the workloads notice.",
        discussion: """
            A mutant is a patch on top of a target's series; its header names the workloads that must fail on it.
            docs/mutants.md says how to add one. Exit status 0 if all are killed, 1 if one survived, 69 if one is
            inconclusive or cannot be tested.
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var kernel: BuildOptions

    @Option(
        name: .customLong("mutant"),
        help: ArgumentHelp("Test only this mutant; may be given several times.", valueName: "name"))
    var mutants: [String] = []

    @Flag(
        name: .customLong("all"), help: "Boot each mutant with every workload, not only with those that must notice it."
    )
    var runsEverything = false

    @Option(help: "The seed for every workload; 1 by default.")
    var seed: UInt64?

    @Flag(
        help: ArgumentHelp(
            "Boot each mutant with one seed after another until one kills it, then once more with that seed.",
            discussion: "Only mutants that a race must notice, with these races: see docs/determinism.md."))
    var deterministic = false

    @Option(
        help: ArgumentHelp(
            "With --deterministic: these seeds; by default \(SeedRange.usual.range.lowerBound)..\(SeedRange.usual.range.upperBound).",
            valueName: "first..last"))
    var seeds: SeedRange?

    @Option(
        help: ArgumentHelp(
            "The most guests at once; by default half the number of host CPUs.", valueName: "count"))
    var guests: Int?

    @Option(help: ArgumentHelp("The libvirt connection; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var report: ReportOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let guests, guests < 1 { throw ValidationError("--guests is \(guests); it must be 1 or more.") }
        if seeds != nil, !deterministic {
            throw ValidationError("--seeds needs --deterministic: without it a seed only decides the steps.")
        }
        if deterministic, seed != nil {
            throw ValidationError("With --deterministic give --seeds, such as 3..3, and not --seed.")
        }
        if deterministic, runsEverything {
            throw ValidationError(
                "--deterministic boots each mutant only with the races that must notice it: leave out --all.")
        }
    }

    func run() async throws {
        let request = MutationRequest(
            connection: connect, mutants: mutants, runsEverything: runsEverything, seed: seed ?? 1,
            seeds: deterministic ? (seeds ?? .usual).range : nil, guestsAtOnce: guests)
        let test = try await withPreparation(target, common) { try await $0.building(kernel).mutate(request) }
        try JudgedTest(test.url).finish(as: report.format(common))
    }
}
