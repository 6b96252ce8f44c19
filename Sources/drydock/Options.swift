import ArgumentParser
import Evidence
import Files
import Foundation
import KernelSources
import Pipeline
import Targets

/// Where drydock finds and keeps things, and for whom it prints.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The checkout with kernel-patches/ and images/.", valueName: "folder"))
    var root: String?

    @Option(help: ArgumentHelp("Where sources, trees and images are kept.", valueName: "folder"))
    var cache: String?

    @Option(help: ArgumentHelp("Where run directories are made.", valueName: "folder"))
    var runs: String?

    @Flag(help: "Print JSON on standard output, for machines.")
    var json = false

    /// The form of a verdict.
    var format: FormatName { json ? .json : .terminal }

    func workspace() throws -> Workspace {
        try Workspace(
            root: root.map { URL(filePath: $0) }, cache: cache.map { URL(filePath: $0) },
            runs: runs.map { URL(filePath: $0) }, environment: ProcessInfo.processInfo.environment,
            current: URL(filePath: FileManager.default.currentDirectoryPath),
            executable: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath())
    }
}

/// Which kernel, and where its source comes from.
struct TargetOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The target kernel: a folder under kernel-patches/.",
            discussion:
                "By default \(DefaultTarget.wanted) where its source can be had, else \(DefaultTarget.fallback)."))
    var target: String?

    @OptionGroup var given: SourceOptions

    func validate() throws {
        if given.source != nil, target == nil {
            throw ValidationError("--source needs the target it is for, such as el5.")
        }
    }
}

/// A source that the target does not name.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A source in place of the target's own: a folder, a git repository, a source RPM or a tarball.",
            valueName: "path"))
    var source: String?

    @Option(help: ArgumentHelp("The branch, tag or commit of the git repository --source names.", valueName: "ref"))
    var ref: String?

    func validate() throws {
        if ref != nil, source == nil { throw ValidationError("--ref needs --source with a git repository.") }
    }

    /// Nil where none is given.
    func description() async throws -> SourceDescription? {
        guard let source else { return nil }
        return try await KernelSource.describe(source, ref: ref)
    }
}

/// How the kernels are built.
struct BuildOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The variant of the target's configuration, such as lockdep.", valueName: "name"))
    var variant: String?

    @Option(
        help: ArgumentHelp(
            "Build with a period compiler, PREFIXgcc and PREFIXld, instead of this host's.", valueName: "prefix"))
    var toolchain: String?

    @Option(
        help: ArgumentHelp(
            "Build with make and the compiler of a chroot, such as debootstrap makes; with --toolchain PREFIX its PREFIXgcc.",
            valueName: "folder"))
    var toolchainRoot: String?
}

extension Pipeline {
    func building(_ options: BuildOptions, _ boot: BootOptions? = nil) throws -> Pipeline {
        try building(
            variant: options.variant,
            toolchain: PeriodToolchain(
                prefix: options.toolchain, root: options.toolchainRoot.map { URL(filePath: $0).path }),
            cpus: boot?.processors)
    }
}

/// How the guests are booted.
struct BootOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The libvirt connection; by default a private one.", valueName: "uri"))
    var connect: String?

    @Option(
        name: .customLong("workload"),
        help: ArgumentHelp("Run only this workload; may be given several times.", valueName: "name"))
    var workloads: [String] = []

    @Option(help: "The seed every workload is given; 1 where none is named.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp("Processors of the guests, 1 to 64; by default those of the target.", valueName: "count"))
    var cpus: Int?

    @Flag(
        help: ArgumentHelp(
            "Boot with one processor and a clock that counts instructions: times repeat exactly, on any host.",
            discussion: "Under TCG, where 2 ns of the guest's time are one instruction."))
    var icount = false

    @Flag(
        help: ArgumentHelp(
            "Boot so that the seed alone decides what happens, to the last instruction, on several processors too.",
            discussion: "Under TCG of QEMU 10 or later, which `make setup` puts beside an older one."))
    var deterministic = false

    func validate() throws {
        if icount, deterministic {
            throw ValidationError("--deterministic counts instructions anyway, on as many processors as you like.")
        }
        if icount, let cpus, cpus != 1 {
            throw ValidationError("--icount boots with one processor, and --cpus asks for \(cpus).")
        }
        if let cpus, !(1...64).contains(cpus) { throw ValidationError("--cpus must lie in 1 to 64, and is \(cpus).") }
    }

    var request: BootRequest {
        BootRequest(
            connection: connect, workloads: workloads, seed: seed ?? 1, countsInstructions: icount,
            isDeterministic: deterministic)
    }

    /// Processors that are not the target's.
    var processors: Int? { icount ? 1 : cpus }
}
