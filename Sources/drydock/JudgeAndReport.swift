import ArgumentParser
import Foundation
import Judgement
import Report
import Runs

/// `drydock judge`.
struct JudgeRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Give the verdict of a run again, from its run directory alone.",
        discussion: "Writes verdict.json into the run directory. The exit status is that of `drydock test`.")

    @OptionGroup var which: RunOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try JudgedTest(try which.place(common)).finish(as: report.format(common))
    }
}

/// `drydock report`.
struct ReportRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print the report of a run again; the run does not change.",
        discussion: "Judges the run as it is now. The exit status says only whether the report could be printed.")

    @OptionGroup var which: RunOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try JudgedTest(try which.place(common)).present(as: report.format(common))
    }
}

/// Selects a run.
struct RunOptions: ParsableArguments {
    @Argument(help: "The run directory, or its name; by default the latest run that came to its end.")
    var run: String?

    /// The directory of a test of any kind.
    func place(_ common: CommonOptions) throws -> URL {
        if let run, FileManager.default.fileExists(atPath: run) { return URL(filePath: run) }
        let runs = try common.workspace().runs
        if let run { return runs.appending(path: run) }
        return try Self.latest(in: runs)
    }

    /// Prints, on standard error, the names of later runs that did not come to their end.
    private static func latest(in runs: URL) throws -> URL {
        // The names begin with the time, so the last in order is the latest.
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []).sorted(by: >)
        for name in names {
            let place = runs.appending(path: name)
            switch JudgedTest.isFinished(place) {
            case nil: continue
            case true?: return place
            case false?: printToStandardError("drydock: skipping \(name), because it did not come to its end")
            }
        }
        throw ValidationError("There is no finished run under \(runs.path) yet; `drydock test` makes one.")
    }
}
