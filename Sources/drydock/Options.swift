import ArgumentParser
import Evidence
import Files
import Foundation
import KernelSources
import Report
import Runs
import Targets

/// The directories of drydock, and whether it prints for people or programs.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The checkout with kernel-patches/ and images/.", valueName: "directory"))
    var root: String?

    @Option(help: ArgumentHelp("Where sources, trees and images are kept.", valueName: "directory"))
    var cache: String?

    @Option(help: ArgumentHelp("Where run directories are made.", valueName: "directory"))
    var runs: String?

    @Flag(help: "Print JSON on standard output, for other programs.")
    var json = false

    func workspace() throws -> Workspace {
        try Workspace(
            root: root.map { URL(filePath: $0) }, cache: cache.map { URL(filePath: $0) },
            runs: runs.map { URL(filePath: $0) }, environment: ProcessInfo.processInfo.environment,
            current: URL(filePath: FileManager.default.currentDirectoryPath),
            executable: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath())
    }
}

/// How a test is shown.
struct ReportOptions: ParsableArguments {
    @Option(help: "\(ReportFormats.all.map { $0.name }.joined(separator: ", ")).")
    private var format = FormatName.terminal

    func format(_ common: CommonOptions) -> FormatName { common.json ? .json : format }
}

/// The kernel, and where its source comes from.
struct TargetOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The target kernel: a directory under kernel-patches/.",
            discussion:
                "By default \(DefaultTarget.wanted) if its source is available, else \(DefaultTarget.fallback)."))
    var target: String?

    @OptionGroup var given: SourceOptions

    func validate() throws {
        if given.source != nil, target == nil {
            throw ValidationError("--source needs a target, such as el5.")
        }
    }
}

/// A source that the target does not name.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A source in place of the target's own: a directory, a git repository, a source RPM or a tarball.",
            valueName: "path"))
    var source: String?

    @Option(
        help: ArgumentHelp("The branch, tag or commit of the git repository that --source names.", valueName: "ref"))
    var ref: String?

    func validate() throws {
        if ref != nil, source == nil { throw ValidationError("--ref needs --source with a git repository.") }
    }

    /// Nil if none is given.
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
            "Build with make and the compiler of a chroot, as debootstrap makes it; with --toolchain PREFIX its PREFIXgcc.",
            valueName: "directory"))
    var toolchainRoot: String?
}

extension Preparation {
    func building(_ options: BuildOptions, _ boot: BootOptions? = nil) throws -> Preparation {
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

    @Option(help: "The seed for every workload; 1 by default.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp("CPUs of the guests, 1 to 64; by default those of the target.", valueName: "count"))
    var cpus: Int?

    @Flag(
        help: ArgumentHelp(
            "Boot with one CPU and a clock that counts instructions: times repeat exactly, on any host.",
            discussion: "Under TCG. One instruction is 2 ns of the guest's time."))
    var icount = false

    @Flag(
        help: ArgumentHelp(
            "Boot so that the seed alone decides what happens, to the last instruction, also with several CPUs.",
            discussion: "Needs QEMU 10 or later. If the host's QEMU is older, `make setup` puts one into the cache."))
    var deterministic = false

    func validate() throws {
        if icount, deterministic {
            throw ValidationError(
                "--deterministic already counts instructions, with any number of CPUs: leave out --icount.")
        }
        if icount, let cpus, cpus != 1 {
            throw ValidationError("--icount boots with one CPU, but --cpus is \(cpus).")
        }
        if let cpus, !(1...64).contains(cpus) { throw ValidationError("--cpus is \(cpus); it must be 1 to 64.") }
    }

    var request: BootRequest {
        BootRequest(
            connection: connect, workloads: workloads, seed: seed ?? 1, countsInstructions: icount,
            isDeterministic: deterministic)
    }

    /// The number of CPUs, if it is not the target's.
    var processors: Int? { icount ? 1 : cpus }
}

/// Seeds as they are given on the command line: `7`, or `1..200`.
struct SeedRange: ExpressibleByArgument {
    let range: ClosedRange<UInt64>

    /// Few, so that they are run often; a user who wants more gives --seeds.
    static let usual = SeedRange(1...5)

    /// More would fill a disk before anybody looks.
    static let most: UInt64 = 10_000

    private init(_ range: ClosedRange<UInt64>) { self.range = range }

    /// Nil if it is not a range, is empty, or has more than `most` seeds; the help says what is accepted.
    init?(argument: String) {
        guard let match = argument.wholeMatch(of: /(\d+)(?:\.\.(\d+))?/), let first = UInt64(match.1) else {
            return nil
        }
        guard let last = match.2.map({ UInt64($0) }) ?? first, first <= last, last - first < Self.most else {
            return nil
        }
        range = first...last
    }
}
