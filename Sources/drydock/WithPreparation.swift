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

/// What is tested if no target is named: the kernel for which drydock is made, if its source is available.
enum DefaultTarget {
    static let wanted = "vanilla-2.6.18"
    static let fallback = "debian-6.1"

    /// Prints one line on standard error if it chooses the fallback, with the reason.
    static func choose(in catalogue: TargetCatalogue, _ workspace: Workspace, _ display: ProgressDisplay) async throws
        -> String
    {
        let attempt = Preparation(
            workspace: workspace, target: try catalogue.load(wanted), given: nil, version: Drydock.version,
            // The source stage of the test itself reports how it ended.
            log: StageLog(observe: { event in if event.isUnderWay { display.show(event) } }))
        do {
            _ = try await attempt.source()
            return wanted
        } catch KernelSourceError.cannotFetch(let file, let url, let sources, let output) {
            let said = output.split(separator: "\n").last.map { " (\($0))" } ?? ""
            display.note(
                "\(wanted) is left out: \(file) is not in \(sources) and cannot be downloaded from \(url)\(said); "
                    + "testing \(fallback)")
            return fallback
        }
    }
}
