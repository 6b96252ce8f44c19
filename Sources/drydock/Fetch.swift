import ArgumentParser
import Evidence
import Foundation
import Kernel
import Pipeline

/// `drydock fetch`.
struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Get a target's kernel source and unpack it, once.",
        discussion: """
            Without a network, put the package or tarball into the cache's downloads/ folder by hand: it is found there.
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let source = try await withPipeline(target, common) { try await $0.source() }
        struct Answer: Encodable {
            let digest: String
            let tree: String
            let version: String
        }
        if common.json {
            try printJSON(Answer(digest: source.digest.hexadecimal, tree: source.tree.path, version: source.version))
        } else {
            print(source.tree.path)
        }
    }
}
