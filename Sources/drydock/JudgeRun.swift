import ArgumentParser
import Judgement

/// `drydock judge`.
struct JudgeRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Give the verdict of a run again, from its run directory alone.",
        discussion: "Writes verdict.json into the run directory. The exit status is that of `drydock test`.")

    @OptionGroup var which: RunOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        try JudgedTest(try which.place(common)).finish(as: common.format)
    }
}
