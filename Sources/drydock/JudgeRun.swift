import ArgumentParser
import Evidence
import Foundation
import Pipeline

/// `drydock judge`.
struct JudgeRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Give the verdict of a run again, from its run directory alone.",
        discussion: "Writes verdict.json into the run directory. Exit status as of `drydock test`.")

    @OptionGroup var which: RunOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let run = try which.directory(common)
        let verdict = try Pipeline.judge(run)
        try present(verdict, of: run, as: common.json ? .json : .terminal)
        try run.write(verdict, to: run.verdictFile)
        throw ExitStatus(for: verdict)
    }
}
