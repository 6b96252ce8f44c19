import ArgumentParser
import Foundation
import KernelSources
import Runs
import Targets

/// Calls `body` with the preparation that the options ask for, and shows its progress while it runs.
func withPreparation<Value: Sendable>(
    _ options: TargetOptions, _ common: CommonOptions, _ body: @Sendable (Preparation) async throws -> Value
) async throws -> Value {
    let workspace = try common.workspace()
    let catalogue = TargetCatalogue(folder: workspace.targets)
    let display = ProgressDisplay()
    let name: String
    if let target = options.target {
        name = target
    } else {
        name = try await display.during { try await DefaultTarget.choose(in: catalogue, workspace, display) }
    }
    let target = try catalogue.load(name)
    let given = try await options.given.description()
    if given == nil, case .given(let wanted) = target.source {
        // Before anything that takes time.
        throw KernelSourceError.noSourceGiven(wanted: wanted)
    }
    let preparation = Preparation(
        workspace: workspace, target: target, given: given, version: Drydock.version,
        log: StageLog(observe: display.show))
    return try await display.during { try await body(preparation) }
}
