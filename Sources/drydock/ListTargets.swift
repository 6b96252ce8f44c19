import ArgumentParser
import Foundation
import Runs
import Targets

/// `drydock targets`.
struct ListTargets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "targets", abstract: "List the target kernels.",
        discussion: "A target is a directory under kernel-patches/ with a target.yaml; docs/targets.md describes it.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let catalogue = TargetCatalogue(folder: try common.workspace().targets)
        let targets = try catalogue.names().map { name in try catalogue.load(name) }
        if common.json {
            try printJSON(targets)
            return
        }
        let width = targets.map(\.name.count).max() ?? 0
        for target in targets {
            print("\(target.name.padding(toLength: width + 2, withPad: " ", startingAt: 0))\(target.summary)")
        }
    }
}
