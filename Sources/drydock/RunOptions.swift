import ArgumentParser
import Evidence
import Foundation
import Pipeline

/// Which run is meant.
struct RunOptions: ParsableArguments {
    @Argument(help: "The run directory, or its name; by default the latest run.")
    var run: String?

    func directory(_ common: CommonOptions) throws -> RunDirectory {
        if let run, FileManager.default.fileExists(atPath: run) {
            return try RunDirectory(opening: URL(filePath: run))
        }
        let runs = try common.workspace().runs
        if let run { return try RunDirectory(opening: runs.appending(path: run)) }
        // The names begin with the time, so the last in order is the latest.
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []).filter {
            FileManager.default.fileExists(atPath: runs.appending(path: "\($0)/run.json").path)
        }
        guard let latest = names.max() else {
            throw ValidationError("There is no run under \(runs.path) yet; `drydock test` makes one.")
        }
        return try RunDirectory(opening: runs.appending(path: latest))
    }
}
