import Foundation
import Testing

@testable import Targets

@Suite final class TargetCatalogueTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-\(UUID().uuidString)")
    var catalogue: TargetCatalogue { TargetCatalogue(folder: folder) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func describe(_ name: String, _ yaml: String) throws {
        let target = folder.appending(path: name)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try Data(yaml.utf8).write(to: target.appending(path: "target.yaml"))
    }

    func error(of yaml: String) throws -> String {
        try describe("t", yaml)
        return try #require(#expect(throws: TargetError.self) { try catalogue.load("t") }).description
    }

    @Test func everyFieldButTheSourceHasADefault() throws {
        try describe("t", "source: { debian-package: linux-source-6.1 }")
        let target = try catalogue.load("t")
        #expect(target.summary == "t")
        #expect(target.source == .debianPackage("linux-source-6.1"))
        #expect(
            target.toolchain
                == ToolchainDescription(makeArguments: [], compiler: nil, hostCompiler: nil, patches: nil))
        #expect(
            target.configuration
                == ConfigurationDescription(
                    base: "allnoconfig", fragments: ["config"], variants: [:], variant: nil))
        #expect(target.configuration.chosenFragments == ["config"])
        #expect(target.seriesProvides == nil)
        #expect(target.machine.cpus == 2)
        #expect(target.machine.memory == 256)
        #expect(target.machine.type == "pc")
        #expect(target.machine.cpu == "qemu64")
        #expect(target.machine.disk == .ide)
        #expect(target.machine.commandLine == [])
        #expect(target.machine.bootSeconds == 60)
        #expect(target.seriesFile == folder.appending(path: "t/series"))
        #expect(target.mutantsFolder == folder.appending(path: "t/mutants"))
        #expect(target.workloads == [])
    }

    @Test func everyFieldIsRead() throws {
        try describe(
            "t",
            """
            summary: a kernel
            source: { directory: /src/linux }
            toolchain: { make-arguments: [KCFLAGS=-fno-pie], compiler: cc, host-compiler: hostcc, patches: t/series }
            configuration: { base: tinyconfig, fragments: [a, b], variants: { c: [d, e], f: [] }, variant: c }
            machine:
              { cpus: 4, memory: 512, type: q35, cpu: Nehalem, disk: virtio, command-line: [vdso=0],
                variant-command-lines: { f: [quiet] }, boot-seconds: 9 }
            series: ../u/series
            series-provides: include/linux/mmu_notifier.h
            mutants: ../u/mutants
            workloads: [cut]
            """)
        let target = try catalogue.load("t")
        #expect(target.summary == "a kernel")
        #expect(target.source == .directory("/src/linux"))
        #expect(
            target.toolchain
                == ToolchainDescription(
                    makeArguments: ["KCFLAGS=-fno-pie"], compiler: "cc", hostCompiler: "hostcc", patches: "t/series"))
        #expect(
            target.configuration
                == ConfigurationDescription(
                    base: "tinyconfig", fragments: ["a", "b"], variants: ["c": ["d", "e"], "f": []], variant: "c"))
        #expect(target.configuration.chosenFragments == ["a", "b", "d", "e"])
        #expect(try target.choosing(variant: "f").configuration.chosenFragments == ["a", "b"])
        #expect(target.seriesProvides == "include/linux/mmu_notifier.h")
        #expect(
            target.machine
                == MachineDescription(
                    cpus: 4, memory: 512, type: "q35", cpu: "Nehalem", disk: .virtio, commandLine: ["vdso=0"],
                    variantCommandLines: ["f": ["quiet"]], bootSeconds: 9))
        #expect(target.commandLine == ["vdso=0"])
        #expect(try target.choosing(variant: "f").commandLine == ["quiet"])
        #expect(target.series == "../u/series")
        #expect(target.seriesFile == folder.appending(path: "u/series").standardizedFileURL)
        #expect(target.mutantsFolder == folder.appending(path: "u/mutants").standardizedFileURL)
        #expect(try target.choosing(variant: "f").mutants == "../u/mutants")
        #expect(target.workloads == ["cut"])
    }

    @Test func aVariantThatIsNotThereNamesThoseThatAre() throws {
        try describe("t", "source: { directory: / }\nconfiguration: { variants: { b: [], a: [] } }")
        #expect(throws: TargetError.unknownVariant(target: "t", variant: "c", known: ["a", "b"])) {
            try catalogue.load("t").choosing(variant: "c")
        }
        let text = try error(of: "source: { directory: / }\nconfiguration: { variants: { a: [] }, variant: b }")
        #expect(text.contains("configuration.variant is b"))
        let lines = try error(of: "source: { directory: / }\nmachine: { variant-command-lines: { a: [] } }")
        #expect(lines.contains("machine.variant-command-lines is for a"))
    }

    @Test func aRelativeSourceIsRelativeToTheDescription() throws {
        try describe("t", "source: { directory: ../linux }")
        #expect(try catalogue.load("t").source == .directory(folder.appending(path: "linux").path))
    }

    @Test func aTarballIsANameInTheCacheOrAPathBesideTheDescription() throws {
        let sum = String(repeating: "0a", count: 32)
        try describe("t", "source: { tarball: { file: l.tar.xz, url: \"file:///l.tar.xz\", sha256: \(sum) } }")
        #expect(
            try catalogue.load("t").source
                == .tarball(TarballDescription(file: "l.tar.xz", url: "file:///l.tar.xz", sha256: sum)))
        try describe("t", "source: { tarball: { file: ../l.tar.xz } }")
        #expect(
            try catalogue.load("t").source
                == .tarball(
                    TarballDescription(file: folder.appending(path: "l.tar.xz").path, url: nil, sha256: nil)))
    }

    @Test func aTarballThatCannotBeCheckedIsRefused() throws {
        func refusal(_ fields: String) throws -> String { try error(of: "source: { tarball: { \(fields) } }") }
        let sum = String(repeating: "0a", count: 32)
        #expect(try refusal("file: x, url: \"file:///x\"").contains("sha256 must be given"))
        #expect(try refusal("file: x, sha256: 12ab").contains("sha256 must be 64 hexadecimal digits"))
        #expect(try refusal("file: a/x, url: \"file:///x\", sha256: \(sum)").contains("file must be a name"))
        #expect(try refusal("url: \"file:///x\"").contains("source.tarball.file is missing"))
        #expect(try refusal("file: x, sum: 1").contains("source.tarball.sum"))
    }

    @Test func aTargetMayLeaveItsSourceToTheUser() throws {
        try describe("t", "source: { given: a source RPM }")
        #expect(try catalogue.load("t").source == .given("a source RPM"))
    }

    @Test func anUnknownTargetNamesTheKnownOnes() throws {
        try describe("b", "source: { directory: / }")
        try describe("a", "source: { directory: / }")
        #expect(throws: TargetError.unknownTarget(name: "c", known: ["a", "b"])) { try catalogue.load("c") }
    }

    @Test func aMissingFolderIsNamed() {
        #expect(throws: TargetError.noCatalogue(path: folder.path)) { try catalogue.names() }
    }

    @Test func malformedYAMLNamesTheFileAndThePlace() throws {
        let text = try error(of: "source: { debian-package: x\nmachine: [")
        #expect(text.contains("kernel-patches/t/target.yaml"))
        #expect(text.contains(" 2:8: "), "\(text)")
    }

    @Test func aSpellingMistakeIsNotAWish() throws {
        #expect(try error(of: "source: { directory: / }\nmachine: { cpu: x, memroy: 1 }").contains("machine.memroy"))
        #expect(try error(of: "source: { directory: / }\nserie: x").contains("a field serie "))
    }

    @Test func aWrongTypeNamesTheField() throws {
        #expect(try error(of: "source: { directory: / }\nmachine: { cpus: many }").contains("machine.cpus"))
    }

    @Test func noSourceAndTwoSourcesAreRefused() throws {
        #expect(try error(of: "summary: x").contains("source"))
        #expect(try error(of: "source: {}").contains("0 kinds"))
        #expect(try error(of: "source: { directory: /, debian-package: x }").contains("2 kinds"))
    }

    @Test func impossibleMachinesAreRefused() throws {
        #expect(try error(of: "source: { directory: / }\nmachine: { cpus: 0 }").contains("machine.cpus is 0"))
        #expect(try error(of: "source: { directory: / }\nmachine: { memory: 1 }").contains("machine.memory is 1"))
    }

    @Test func aMalformedKnownFindingIsRefused() throws {
        let source = "source: { directory: / }\n"
        #expect(
            try error(of: source + "known-findings: [{ workload: w, reason: r, reference: c, tree: x }]")
                .contains("known-findings.tree"))
        #expect(try error(of: source + "known-findings: [{ workload: w, reference: c }]").contains("reason"))
    }

    @Test func anotherNumberOfProcessorsChangesNothingElse() throws {
        try describe("t", "source: { directory: / }\nmachine: { memory: 64 }")
        let machine = try catalogue.load("t").choosing(cpus: 4).machine
        #expect(machine.cpus == 4)
        #expect(machine.memory == 64)
    }
}
