import Build
import Evidence
import Files
import Foundation
import Image
import Machine
import Targets

/// A guest that is ready to be booted, and the run that keeps its results.
struct RunGuest: Sendable {
    let prepared: PreparedGuest
    let run: RunDirectory
    /// Whether the run is one of many, in the directory of a test.
    var isOneOfMany = false

    var folder: GuestFolder { run[prepared.guest] }

    var isDeterministic: Bool { prepared.plan.isDeterministic == true }

    /// Where its results are until they are read: a disk, or the archive that it wrote to a port.
    var disk: URL { folder[isDeterministic ? .archive : .disk] }

    /// The machine that its target asks for, with its kernel.
    func machine(_ host: GuestHost) -> MachineSpec {
        let target = prepared.target
        let words = Self.words(prepared.guest, in: isOneOfMany ? run.url : nil)
        let nanoseconds = prepared.plan.nanosecondsPerInstruction
        let (console, scheduling) = (folder[.console], folder[.scheduling])
        guard isDeterministic, let emulator = host.deterministic else {
            return MachineSpec(
                name: words.joined(separator: "-"), target: target, kernel: prepared.build.bzImage,
                initrd: prepared.image.file, results: disk, console: console, scheduling: scheduling,
                accelerator: nanoseconds == nil ? host.accelerator.kind : .tcg,
                nanosecondsPerInstruction: nanoseconds, emulator: host.emulator)
        }
        return MachineSpec(
            name: words.joined(separator: "-"), target: target, kernel: prepared.build.bzImage,
            initrd: prepared.image.file,
            results: nil, console: console, scheduling: scheduling, accelerator: .tcg,
            nanosecondsPerInstruction: nanoseconds,
            parameters: MachineSpec.deterministicParameters
                + (prepared.plan.workloads.first.map { ["drydock.seed=\($0.seed)"] } ?? []),
            ports: MachineSpec.ports(results: disk, trace: folder[.trace]), emulator: emulator.program)
    }

    /// Keeps in the run what is needed to boot this guest again.
    func keep(_ spec: MachineSpec) throws {
        let isLinked = isDeterministic
        try folder.write(plan: prepared.plan)
        try folder.write(build: prepared.build.record)
        let parts: [(URL, GuestFolder.File)] = [
            (prepared.build.bzImage, .kernel), (prepared.build.systemMap, .symbols),
            (prepared.build.config, .configuration), (prepared.image.file, .initramfs),
        ]
        for (file, part) in parts { try folder.keep(file, as: part, linked: isLinked) }
        try folder.write(prepared.image.record, as: .image)
        try Files.write(Data(Reproduction.script(spec).utf8), to: folder[.script])
        try Files.write(Data(try DomainXML(spec, named: spec.name).text().utf8), to: folder[.domain])
    }

    /// Everything on which its run depends, if it is deterministic.
    func record(_ spec: MachineSpec, _ emulator: Emulator) throws -> MachineRecord {
        let build = prepared.build
        // A mutant's tree is reused for the next one.
        let symbols = !build.subject.isMutant ? build.tree.appending(path: "vmlinux") : nil
        return try spec.record(emulator, bootSeconds: prepared.target.machine.bootSeconds, symbols: symbols)
    }

    /// The words that distinguish a guest from all others that may run: those of the same run, or of the test with the
    /// run.
    static func words(_ guest: GuestName, in run: URL?) -> [String] {
        let mutant = guest.subject.mutant
        let folder = run?.lastPathComponent
        // The directory of a mutant that is booted once has its name; that of one of its seeds has the seed's.
        return [guest.description.replacing(" ", with: "-"), mutant == folder ? nil : mutant, folder].compactMap(\.self)
    }
}

extension GuestFolder {
    /// - Parameter linked: whether to try a hard link, because a test of many seeds keeps the same files many times; a
    ///   replay checks if they have changed since.
    func keep(_ file: URL, as part: File, linked: Bool) throws(FileError) {
        if linked, (try? FileManager.default.linkItem(at: file, to: self[part])) != nil { return }
        try Files.copy(file, to: self[part])
    }
}

extension MachineSpec {
    /// Results through a port, because when a disk answers depends on the host; and a delay loop for a time stamp
    /// counter of 1 GHz at 250 ticks a second, which a clock that counts instructions gives.
    static let deterministicParameters = ["drydock.disk=port", "lpj=4000000"]

    /// The ports of images/init: for the files of the results disk, and for the probe's trace.
    static func ports(results: URL, trace: URL) -> [Port] {
        [Port(address: 0xe9, file: results), Port(address: 0xea, file: trace)]
    }

    /// Everything on which the run of a deterministic guest depends.
    func record(_ emulator: Emulator, bootSeconds: Int, symbols: URL?) throws -> MachineRecord {
        guard let initrd, let nanosecondsPerInstruction else { preconditionFailure("no deterministic machine") }
        return MachineRecord(
            emulator: emulator.version, emulatorDigest: try Digest(ofFile: emulator.binary),
            kernelDigest: try Digest(ofFile: kernel), initramfsDigest: try Digest(ofFile: initrd), cpus: cpus,
            memory: memory, type: type, cpu: cpu, commandLine: commandLine,
            nanosecondsPerInstruction: nanosecondsPerInstruction, bootSeconds: bootSeconds,
            symbols: symbols?.path, symbolsDigest: try symbols.map { try Digest(ofFile: $0) })
    }

    /// The same machine again: it boots the files in `files`, and its results go into `folder`.
    init(
        _ record: MachineRecord, booting files: GuestFolder, into folder: GuestFolder, _ emulator: Emulator,
        debugSocket: URL? = nil
    ) {
        self.init(
            name: RunGuest.words(folder.guest, in: nil).joined(separator: "-"), cpus: record.cpus,
            memory: record.memory, type: record.type, cpu: record.cpu, kernel: files[.kernel],
            initrd: files[.initramfs], commandLine: record.commandLine, results: nil, console: folder[.console],
            scheduling: folder[.scheduling], accelerator: .tcg,
            nanosecondsPerInstruction: record.nanosecondsPerInstruction,
            ports: Self.ports(results: folder[.archive], trace: folder[.trace]), debugSocket: debugSocket,
            emulator: emulator.program)
    }
}

extension BootLimits {
    /// What the guest needs beyond its workloads' own limits: to load the probe, flush, power off, and wait for
    /// processes that cannot be killed, which init stretches by the guest's pace.
    private static let slackSeconds = 60
    /// How many host seconds one guest second may take if one host CPU counts the guest's instructions.
    private static let deterministicTimeFactor = 6
    /// Short, because a deterministic guest's time jumps while nothing runs, so that it soon prints all it has to say.
    private static let deterministicHangGraceSeconds = 10.0

    /// - Parameter bootSeconds: the longest time until the kernel reaches init, in seconds of the guest.
    init(of plan: BootPlan, bootSeconds: Int) {
        let isDeterministic = plan.isDeterministic == true
        let timeFactor = isDeterministic ? Self.deterministicTimeFactor : 1
        let boot = bootSeconds * timeFactor
        let run = plan.workloads.reduce(Self.slackSeconds) { $0 + $1.timeoutSeconds } * timeFactor
        if isDeterministic {
            self.init(bootSeconds: boot, runSeconds: run, hangGraceSeconds: Self.deterministicHangGraceSeconds)
        } else {
            self.init(bootSeconds: boot, runSeconds: run)
        }
    }
}
