import ArgumentParser

/// `drydock series`: `drydock series TARGET` is `drydock series show TARGET`.
struct Series: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Say how a target's patches apply, or add one found on the web.",
        subcommands: [ShowSeries.self, ImportPatch.self], defaultSubcommand: ShowSeries.self)
}
