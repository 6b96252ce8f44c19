import Evidence
import Foundation
import Kernel
import Targets
import Testing

struct KernelConfigTests {
    private let toy: ToyKernel
    private let progress = Progress()

    init() throws { toy = try ToyKernel() }

    private func build() async throws -> KernelBuild {
        try await toy.builder().build(.base, onProgress: progress.add)
    }

    @Test func laterFragmentWins() async throws {
        try toy.write("CONFIG_SWAP=y\nCONFIG_NR_CPUS=8\n", to: "kernel-patches/toy/config")
        try toy.write("CONFIG_NR_CPUS=4\n# CONFIG_SWAP is not set\n", to: "kernel-patches/toy/small")
        try toy.describe(fragments: ["config", "small"])
        let config = try String(contentsOf: try await build().config, encoding: .utf8)
        #expect(config == "CONFIG_NR_CPUS=4\n# CONFIG_SWAP is not set\n")
    }

    @Test func namesEverySymbolThatWasRefused() async throws {
        try toy.write(
            "CONFIG_SMP=y\nCONFIG_UNKNOWN=m\nCONFIG_NAME=\"x\"\nCONFIG_NEVER=n\n", to: "kernel-patches/toy/config")
        let error = await #expect(throws: KernelError.self) { try await build() }
        guard case .configurationRefused(let symbols) = error else {
            Issue.record("\(error.map { "\($0)" } ?? "no error")")
            return
        }
        #expect(
            symbols.map(\.description) == ["CONFIG_NAME: wanted \"x\", got n", "CONFIG_UNKNOWN: wanted m, got n"])
    }

    @Test func symbolThatIsOnAgainstTheFragmentIsRefused() async throws {
        try toy.write("CONFIG_SWAP=n\n", to: "kernel-patches/toy/config")
        let makefile = try toy.text("toy/Makefile").replacing(
            "\nbzImage:", with: "\nstubborn:\n\techo CONFIG_SWAP=y > .config\n\nbzImage:")
        try toy.write(makefile, to: "toy/Makefile")
        try toy.write(
            try toy.text("kernel-patches/toy/target.yaml").replacing("fragments:", with: "base: stubborn, fragments:"),
            to: "kernel-patches/toy/target.yaml")
        let error = await #expect(throws: KernelError.self) { try await build() }
        #expect(error.map { "\($0)" }?.hasSuffix("CONFIG_SWAP: wanted n, got y") == true)
    }

    @Test func malformedFragmentNamesItsLine() async throws {
        try toy.write("# fine\n\nSMP=y\n", to: "kernel-patches/toy/config")
        let file = try toy.target().folder.appending(path: "config").path
        await #expect(throws: KernelError.malformedFragment(file: file, line: 3, text: "SMP=y")) { try await build() }
    }

    @Test func unknownBaseTargetShowsWhatMakeSaid() async throws {
        try toy.write(
            try toy.text("kernel-patches/toy/target.yaml").replacing("fragments:", with: "base: noconfig, fragments:"),
            to: "kernel-patches/toy/target.yaml")
        let error = await #expect(throws: KernelError.self) { try await build() }
        #expect(error.map { "\($0)" }?.contains("No rule to make target 'noconfig'") == true)
    }

    @Test func anotherConfigurationIsAnotherTree() async throws {
        let first = try await build()
        try toy.write("CONFIG_SMP=y\nCONFIG_NR_CPUS=4\n", to: "kernel-patches/toy/config")
        let second = try await build()
        #expect(first.tree != second.tree)
        #expect(first.digest != second.digest)
    }
}
