import Build
import Evidence
import Files
import Foundation
import Image
import Machine
import Targets

/// A guest that is ready to be booted, and the run that keeps its results.
struct Mooring: Sendable {
    let berth: Berth
    let run: RunDirectory
    /// The name of the mutant that it boots; nil if it boots none.
    var mutant: String?
    /// Whether the run is one of many, in the directory of a test.
    var isOneOfMany = false

    var folder: GuestFolder { run[berth.guest] }

    var isDeterministic: Bool { berth.plan.isDeterministic == true }

    /// Where its results are until they are read: a disk, or the archive that it wrote to a port.
    var disk: URL { folder[isDeterministic ? .archive : .disk] }

    /// The machine that `target` asks for, with this kernel in it.
    func machine(_ target: Target, _ host: GuestHost) -> MachineSpec {
        let words = Self.words(berth.guest, mutant, in: isOneOfMany ? run.url : nil)
        let nanoseconds = berth.plan.nanosecondsPerInstruction
        let (console, scheduling) = (folder[.console], folder[.scheduling])
        guard isDeterministic, let emulator = host.deterministic else {
            return MachineSpec(
                name: words.joined(separator: "-"), target: target, kernel: berth.build.bzImage,
                initrd: berth.image.file, results: disk, console: console, scheduling: scheduling,
                accelerator: nanoseconds == nil ? host.accelerator.kind : .tcg,
                nanosecondsPerInstruction: nanoseconds, emulator: host.emulator)
        }
        return MachineSpec(
            name: words.joined(separator: "-"), target: target, kernel: berth.build.bzImage, initrd: berth.image.file,
            results: nil, console: console, scheduling: scheduling, accelerator: .tcg,
            nanosecondsPerInstruction: nanoseconds,
            parameters: MachineSpec.deterministicParameters
                + (berth.plan.workloads.first.map { ["drydock.seed=\($0.seed)"] } ?? []),
            ports: MachineSpec.ports(results: disk, trace: folder[.trace]), emulator: emulator.program)
    }

    /// The words that distinguish a guest from all others that may run: those of the same run, or of the test with the
    /// run.
    /// - Parameter mutant: the name of the mutant that it boots; nil if it boots none.
    static func words(_ guest: GuestName, _ mutant: String? = nil, in run: URL?) -> [String] {
        let folder = run?.lastPathComponent
        // The directory of a mutant that is booted once has its name; that of one of its seeds has the seed's.
        return [guest.description.replacing(" ", with: "-"), mutant == folder ? nil : mutant, folder].compactMap(\.self)
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
            name: Mooring.words(folder.guest, in: nil).joined(separator: "-"), cpus: record.cpus,
            memory: record.memory, type: record.type, cpu: record.cpu, kernel: files[.kernel],
            initrd: files[.initramfs], commandLine: record.commandLine, results: nil, console: folder[.console],
            scheduling: folder[.scheduling], accelerator: .tcg,
            nanosecondsPerInstruction: record.nanosecondsPerInstruction,
            ports: Self.ports(results: folder[.archive], trace: folder[.trace]), debugSocket: debugSocket,
            emulator: emulator.program)
    }
}
