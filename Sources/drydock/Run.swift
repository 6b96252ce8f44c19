import ArgumentParser
import Evidence
import Foundation
import Runs

/// `drydock run`.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Boot base and patched, run the workloads, read the results; no verdict yet.",
        discussion: "Prints the run directory, which `drydock judge` reads.")

    @OptionGroup var target: TargetOptions
    @OptionGroup var kernel: BuildOptions
    @OptionGroup var boot: BootOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let run = try await withPreparation(target, common) { try await $0.building(kernel, boot).test(boot.request) }
        if common.json {
            try printJSON(["run": run.url.path])
        } else {
            print(run.url.path)
        }
    }
}
