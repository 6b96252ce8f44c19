import ArgumentParser
import Build
import Evidence
import Foundation
import Runs

/// `drydock build`.
struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build the base and the patched kernel of a target.",
        discussion: """
            The patched kernel starts from the base's objects: only what the series touches is compiled again.
            A tree that already has what the series brings is built as it is, without a base.
            """
    )

    @OptionGroup var target: TargetOptions
    @OptionGroup var kernel: BuildOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let builds = try await withPreparation(target, common) { try await $0.building(kernel).build() }
        if common.json {
            try printJSON(Dictionary(uniqueKeysWithValues: builds.map { ($0.subject.description, $0.record) }))
        } else {
            for build in builds { print("\(build.subject)\t\(build.bzImage.path)") }
        }
    }
}
