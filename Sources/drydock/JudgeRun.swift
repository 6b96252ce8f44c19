import ArgumentParser
import Evidence
import Foundation
import Judgement
import Pipeline

/// `drydock judge`.
struct JudgeRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Give the verdict of a run again, from its run directory alone.",
        discussion: "Writes verdict.json into the run directory. Exit status as of `drydock test`.")

    @OptionGroup var which: RunOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let place = try which.place(common)
        if MutationDirectory.isOne(place) { return try judge(try MutationDirectory(opening: place)) }
        let run = try RunDirectory(opening: place)
        let verdict = try Pipeline.judge(run)
        try present(verdict, of: run, as: common.json ? .json : .terminal)
        try run.write(verdict, to: run.verdictFile)
        throw ExitStatus(for: verdict.conclusion.answer)
    }

    private func judge(_ test: MutationDirectory) throws {
        let verdict = try Pipeline.judge(test)
        try present(verdict, of: test, as: common.json ? .json : .terminal)
        try test.write(verdict, to: "verdict.json")
        throw ExitStatus(for: verdict.conclusion.answer)
    }
}
