import ArgumentParser
import Evidence
import Foundation
import Judgement
import Pipeline

/// `drydock report`.
struct ReportRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print the report of a run again; the run stays as it is.",
        discussion: "Judges the run as it stands. The exit status says only whether the report could be printed.")

    @OptionGroup var which: RunOptions
    @Option(help: "terminal, json or ktap.")
    var format = ReportFormat.terminal

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let place = try which.place(common)
        let format = common.json ? .json : format
        if MutationDirectory.isOne(place) {
            let test = try MutationDirectory(opening: place)
            return try present(try Pipeline.judge(test), of: test, as: format)
        }
        let run = try RunDirectory(opening: place)
        try present(try Pipeline.judge(run), of: run, as: format)
    }
}
