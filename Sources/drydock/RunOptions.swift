import ArgumentParser
import Foundation
import Judgement
import Pipeline

/// Which run is meant.
struct RunOptions: ParsableArguments {
    @Argument(help: "The run directory, or its name; by default the latest run.")
    var run: String?

    /// The folder of a run, or of a test of many.
    func place(_ common: CommonOptions) throws -> URL {
        if let run, FileManager.default.fileExists(atPath: run) { return URL(filePath: run) }
        let runs = try common.workspace().runs
        if let run { return runs.appending(path: run) }
        // The names begin with the time, so the last in order is the latest.
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []).filter { name in
            JudgedTest.isOne(runs.appending(path: name))
        }
        guard let latest = names.max() else {
            throw ValidationError("There is no run under \(runs.path) yet; `drydock test` makes one.")
        }
        return runs.appending(path: latest)
    }
}
