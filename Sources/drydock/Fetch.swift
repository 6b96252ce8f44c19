import ArgumentParser
import Evidence
import Files
import Foundation
import KernelSources
import Runs

/// `drydock fetch`.
struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get a target's kernel source and unpack it, once.",
        discussion: """
            Without a network, put the package, the tarball or the directory it unpacks to into the cache's sources/
            directory by hand: drydock finds it there. A source RPM is prepared by its own spec: %prep is shell code of
            the package, and runs on this host.
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let source = try await withPreparation(target, common) { try await $0.source() }
        struct Answer: Encodable {
            let digest: String
            let note: String?
            let tree: String
            let version: String
        }
        if common.json {
            try printJSON(
                Answer(
                    digest: source.digest.hexadecimal, note: source.note, tree: source.tree.path,
                    version: source.version))
        } else {
            print(source.tree.path)
        }
    }
}
