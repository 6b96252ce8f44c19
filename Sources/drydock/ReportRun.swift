import ArgumentParser
import Judgement
import Report

/// `drydock report`.
struct ReportRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print the report of a run again; the run does not change.",
        discussion: "Judges the run as it is now. The exit status says only whether the report could be printed.")

    @OptionGroup var which: RunOptions
    @Option(help: "\(ReportFormats.all.map { $0.name }.joined(separator: ", ")).")
    var format = FormatName.terminal

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try JudgedTest(try which.place(common)).present(as: common.json ? .json : format)
    }
}
