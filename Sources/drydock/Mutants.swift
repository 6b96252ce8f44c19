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

    @Option(help: "The seed every workload is given.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "At most so many guests at once; by default half as many as there are processors.", valueName: "count"))
    var guests: Int?

    @Option(help: ArgumentHelp("The libvirt connection; by default a private one.", valueName: "uri"))
    var connect: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let guests, guests < 1 { throw ValidationError("--guests must be 1 or more, and is \(guests).") }
    }

    func run() async throws {
        let request = MutationRequest(
            connection: connect, mutants: mutants, runsEverything: runsEverything, seed: seed, guestsAtOnce: guests)
        let test = try await withPipeline(target, common) { try await $0.building(kernel).mutate(request) }
        try Judged.mutation(test, try Pipeline.judge(test)).finish(as: common.json ? .json : .terminal)
    }
}
