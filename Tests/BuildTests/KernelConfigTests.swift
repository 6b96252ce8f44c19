import Build
import Evidence
import Foundation
import Targets
import TestSupport
import Testing

struct KernelConfigTests {
    private let toy: ToyKernel
    private let progress = ProgressLines()

    init() throws { toy = try ToyKernel() }

    private func build() async throws -> KernelBuild {
        try await toy.builder().build(.base, onProgress: progress.add)
    }

    @Test func laterFragmentWins() async throws {
        try toy.write("CONFIG_SWAP=y\nCONFIG_NR_CPUS=8\n", to: "kernel-patches/toy/config")
        try toy.write("CONFIG_NR_CPUS=4\n# CONFIG_SWAP is not set\n", to: "kernel-patches/toy/small")
        try toy.describe(fragments: ["config", "small"])
        let config = try String(contentsOf: try await build().config, encoding: .utf8)
        #expect(config == "CONFIG_NR_CPUS=4\n# CONFIG_SWAP is not set\nCONFIG_X86_64=y\n")
    }

    @Test func namesEverySymbolThatWasRefused() async throws {
        try toy.write(
            "CONFIG_SMP=y\nCONFIG_UNKNOWN=m\nCONFIG_NAME=\"x\"\nCONFIG_NEVER=n\n", to: "kernel-patches/toy/config")
        let error = await #expect(throws: BuildError.self) { try await build() }
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
            "\nbzImage:",
            with: "\nstubborn:\n\techo CONFIG_SWAP=y > .config\n\techo CONFIG_X86_64=y >> .config\n\nbzImage:")
        try toy.write(makefile, to: "toy/Makefile")
        try toy.write(
            try toy.text("kernel-patches/toy/target.yaml").replacing("fragments:", with: "base: stubborn, fragments:"),
            to: "kernel-patches/toy/target.yaml")
        let error = await #expect(throws: BuildError.self) { try await build() }
        #expect(error.map { "\($0)" }?.hasSuffix("CONFIG_SWAP: wanted n, got y") == true)
    }

    @Test func linesForOtherTreesAreLeftOut() async throws {
        try toy.write(
            """
            CONFIG_SMP=y       # only: 6.1.* # why it is
            CONFIG_NR_CPUS=8
            CONFIG_NR_CPUS=4 # only: *.el5 2.6.18
            CONFIG_KSM=y # not: 6.0 6.1.[0-9]*
            # CONFIG_SWAP is not set   # only: 6.1.7-toy
            CONFIG_NONSENSE=y # only: *.el5

            """, to: "kernel-patches/toy/config")
        let config = try String(contentsOf: try await build().config, encoding: .utf8)
        #expect(config == "CONFIG_NR_CPUS=8\nCONFIG_SMP=y\n# CONFIG_SWAP is not set\nCONFIG_X86_64=y\n")
    }

    @Test func symbolThatATreeNeedNotHaveIsReported() async throws {
        try toy.write(
            "CONFIG_SMP=y # if known\nCONFIG_UTRACE=y # if known\nCONFIG_ABC=m # only: 6.* # if known\n",
            to: "kernel-patches/toy/config")
        let first = try await build()
        #expect(first.record.unknownSymbols == ["CONFIG_ABC", "CONFIG_UTRACE"])
        let second = try await build()
        #expect(second.reused)
        #expect(second.record.unknownSymbols == ["CONFIG_ABC", "CONFIG_UTRACE"])
    }

    @Test(arguments: ["CONFIG_STUCK=y # if known", "CONFIG_UTRACE=y", "CONFIG_UTRACE=y # if known\nCONFIG_UTRACE=y"])
    func symbolThatTheTreeHasOrMustHaveIsRefused(lines: String) async throws {
        try toy.write("\(lines)\n", to: "kernel-patches/toy/config")
        let symbol = String(lines.prefix { $0 != "=" })
        await #expect(
            throws: BuildError.configurationRefused(symbols: [ConfigMismatch(symbol: symbol, wanted: "y", got: "n")])
        ) {
            try await build()
        }
    }

    @Test func kconfigFileThatCannotBeFollowedIsNamed() async throws {
        try toy.write("CONFIG_UTRACE=y # if known\n", to: "kernel-patches/toy/config")
        let kconfig = try toy.text("toy/Kconfig")
        try toy.write(
            "\(kconfig)\thelp\n\t  source code, to be sure.\n\nsource \"$(OURS)/Kconfig\"\n", to: "toy/Kconfig")
        let error = await #expect(throws: BuildError.self) { try await build() }
        let said = error.map { "\($0)" } ?? ""
        #expect(said.contains("Kconfig, source \"$(OURS)/Kconfig\", names no file of the tree"), "\(said)")
        try toy.write("\(kconfig)\thelp\n\t  source code, to be sure.\n", to: "toy/Kconfig")
        #expect(try await build().record.unknownSymbols == ["CONFIG_UTRACE"])
    }

    @Test func onlyTheBaseMayLackWhatTheSeriesBrings() async throws {
        try toy.write("CONFIG_SMP=y\nCONFIG_MMU_NOTIFIER=y # from series\n", to: "kernel-patches/toy/config")
        #expect(try await build().record.unknownSymbols == ["CONFIG_MMU_NOTIFIER"])
        for subject in [Subject.patched, .asIs] {
            await #expect(throws: BuildError.self) { try await toy.builder().build(subject) }
        }
    }

    @Test(arguments: [
        "CONFIG_SMP=y # only:", "CONFIG_SMP=y # not: # only: *", "CONFIG_SMP=y # only *.el5", "CONFIG_SMP=y # Not: 6.*",
        "# CONFIG_SMP is not set, is it", "CONFIG_SMP=y # if it is known",
    ])
    func whatLooksLikeAConditionAndIsNoneIsMalformed(line: String) async throws {
        try toy.write("\(line)\n", to: "kernel-patches/toy/config")
        let file = try toy.target().folder.appending(path: "config").path
        await #expect(throws: BuildError.malformedFragment(file: file, line: 1, text: line)) { try await build() }
    }

    @Test(arguments: ["CONFIG_X86_32=y", "# CONFIG_X86_64 is not set"])
    func configurationForI386IsNamedAsSuch(line: String) async throws {
        try toy.write("\(line)\nCONFIG_NONSENSE=y\n", to: "kernel-patches/toy/config")
        let error = await #expect(throws: BuildError.self) { try await build() }
        #expect(error.map { "\($0)" }?.contains("the configuration is for i386") == true)
    }

    @Test func variantAddsItsFragments() async throws {
        try toy.write("CONFIG_KSM=y\n", to: "kernel-patches/toy/config.debug")
        let yaml = try toy.text("kernel-patches/toy/target.yaml").replacing(
            "fragments:", with: "variants: { debug: [config.debug], small: [] }, variant: debug, fragments:")
        try toy.write(yaml, to: "kernel-patches/toy/target.yaml")
        let debug = try await build()
        #expect(try String(contentsOf: debug.config, encoding: .utf8).contains("CONFIG_KSM=y"))
        let small = try toy.target().choosing(variant: "small")
        let builder = try KernelBuilder(
            cache: toy.cache, source: try await toy.source(), target: small,
            toolchain: try await .find(small, cache: toy.cache))
        #expect(try !String(contentsOf: try await builder.build(.base).config, encoding: .utf8).contains("CONFIG_KSM"))
    }

    @Test func malformedFragmentNamesItsLine() async throws {
        try toy.write("# fine\n\nSMP=y\n", to: "kernel-patches/toy/config")
        let file = try toy.target().folder.appending(path: "config").path
        await #expect(throws: BuildError.malformedFragment(file: file, line: 3, text: "SMP=y")) { try await build() }
    }

    @Test func unknownBaseTargetShowsWhatMakeSaid() async throws {
        try toy.write(
            try toy.text("kernel-patches/toy/target.yaml").replacing("fragments:", with: "base: noconfig, fragments:"),
            to: "kernel-patches/toy/target.yaml")
        let error = await #expect(throws: BuildError.self) { try await build() }
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
