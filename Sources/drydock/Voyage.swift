import ArgumentParser
import Foundation
import Pipeline
import Targets

/// Gives `body` the pipeline that the options ask for, and shows its progress while it runs.
func withPipeline<Value: Sendable>(
    _ options: TargetOptions, _ common: CommonOptions, _ body: @Sendable (Pipeline) async throws -> Value
) async throws -> Value {
    if let source = options.source, !FileManager.default.fileExists(atPath: source) {
        throw ValidationError("--source \(source): there is no such folder.")
    }
    let workspace = try common.workspace()
    let target = try TargetCatalogue(folder: workspace.targets).load(options.target)
    let display = ProgressDisplay()
    let pipeline = Pipeline(
        workspace: workspace, target: target, sourceFolder: options.source, version: Drydock.version,
        log: StageLog(observe: display.show))
    return try await display.during { try await body(pipeline) }
}
