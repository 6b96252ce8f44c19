import ArgumentParser
import Evidence
import Foundation
import KernelSources
import Patches
import Runs

/// `drydock series show`.
struct ShowSeries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Say how each patch of a target's series applies: clean, offset, fuzz N, already applied, or rejected.",
        discussion: """
            Patches that the series file marks for other trees are listed as "not for this tree". The source is not
            changed. Exit status 1 if a patch does not apply.
            """)

    private struct Answer: Encodable {
        let version: String
        let toolchain: [PatchOutcome]
        let series: [PatchOutcome]
        /// Left out if the series is to be applied.
        let provided: String?
    }

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let (source, rehearsal) = try await withPreparation(target, common) {
            let source = try await $0.source()
            return (source, try await $0.rehearse(source))
        }
        if common.json {
            try printJSON(
                Answer(
                    version: source.version, toolchain: rehearsal.toolchain, series: rehearsal.outcomes,
                    provided: rehearsal.provided))
        } else {
            let rows = rehearsal.toolchain.map { ($0, " (toolchain)") } + rehearsal.outcomes.map { ($0, "") }
            let width = rows.map(\.0.patch.count).max() ?? 0
            for (outcome, remark) in rows {
                let name = outcome.patch.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                print("\(name)\(outcome.application)\(remark)")
            }
            if let file = rehearsal.provided {
                print("\(source.version) already has \(file): the series is not applied")
            }
        }
        // Throws, with the rejects, if a patch does not apply.
        _ = try rehearsal.application()
    }
}

/// `drydock series`: `drydock series TARGET` is `drydock series show TARGET`.
struct Series: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Say how a target's patches apply, or add one found on the web.",
        subcommands: [ShowSeries.self, ImportPatch.self], defaultSubcommand: ShowSeries.self)
}
