import ArgumentParser
import Evidence
import Foundation
import Judgement
import Pipeline

/// `drydock mutants`.
struct Mutants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Break the patched kernel on purpose, one change at a time, and see whether the workloads notice.",
        discussion: """
            A mutant is a patch on top of a target's series; its header names the workloads that must fail on it.
            docs/mutants.md says how to add one. Exit status 0 where all are killed, 1 where one survived, 69 where
            one could not be told or cannot be tested.
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

    @Option(help: "The seed every workload is given; 1 where none is named.")
    var seed: UInt64?

    @Flag(
        help: ArgumentHelp(
            "Boot each mutant with one seed after the other until one kills it, and with that once more.",
            discussion: "Only those that a race must notice, with these races: see docs/determinism.md."))
    var deterministic = false

    @Option(
        help: ArgumentHelp(
            "With --deterministic: these seeds; by default \(SeedRange.usual.range.lowerBound)..\(SeedRange.usual.range.upperBound).",
            valueName: "first..last"))
    var seeds: SeedRange?

    @Option(
        help: ArgumentHelp(
            "At most so many guests at once; by default half as many as there are processors.", valueName: "count"))
    var guests: Int?

    @Option(help: ArgumentHelp("The libvirt connection; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let guests, guests < 1 { throw ValidationError("--guests must be 1 or more, and is \(guests).") }
        if seeds != nil, !deterministic {
            throw ValidationError("--seeds needs --deterministic: without it a seed decides nothing but the steps.")
        }
        if deterministic, seed != nil { throw ValidationError("--deterministic takes --seeds, such as 3..3.") }
        if deterministic, runsEverything {
            throw ValidationError(
                "--deterministic boots each mutant with the races that must notice it, and --all asks for more.")
        }
    }

    func run() async throws {
        let request = MutationRequest(
            connection: connect, mutants: mutants, runsEverything: runsEverything, seed: seed ?? 1,
            seeds: deterministic ? (seeds ?? .usual).range : nil, guestsAtOnce: guests)
        let test = try await withPipeline(target, common) { try await $0.building(kernel).mutate(request) }
        try JudgedTest(test.url).finish(as: common.format)
    }
}
