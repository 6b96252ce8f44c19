import ArgumentParser
import Foundation
import Machine

/// `drydock warden`, which drydock starts for itself: it outlives a drydock that is killed and ends its QEMUs.
struct KeepWarden: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "warden", shouldDisplay: false)

    @Argument var root: String

    func run() throws { Warden.run(root: URL(filePath: root, directoryHint: .isDirectory)) }
}
