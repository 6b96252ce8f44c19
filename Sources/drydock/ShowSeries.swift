import ArgumentParser
import Evidence
import Foundation
import Kernel
import Pipeline

/// `drydock series show`.
struct ShowSeries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Say how each patch of a target's series applies: clean, offset, fuzz N, already applied, or rejected.",
        discussion: "The source stays as it is. Exit status 1 where a patch does not apply.")

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let rehearsal = try await withPipeline(target, common) { try await $0.rehearse(try await $0.source()) }
        if common.json {
            try printJSON(rehearsal.outcomes)
        } else {
            let width = rehearsal.outcomes.map(\.patch.count).max() ?? 0
            for outcome in rehearsal.outcomes {
                let name = outcome.patch.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                print("\(name)\(outcome.application)")
            }
        }
        // Throws, with the reject, where a patch did not apply.
        _ = try rehearsal.application()
    }
}
