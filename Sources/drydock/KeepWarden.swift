import ArgumentParser
import Foundation
import Machine

/// `drydock warden`, which drydock starts for itself: it outlives a drydock that is killed and ends its guests.
struct KeepWarden: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "warden", shouldDisplay: false)

    @Argument var prefix: String
    @Argument var root: String

    func run() throws { Warden.run(prefix: prefix, root: URL(filePath: root)) }
}
