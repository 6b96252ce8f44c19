import Build
import Evidence
import Files
import Foundation
import Image
import Machine
import Targets

/// A guest that is ready to be booted, and the run that keeps what it leaves.
struct Mooring: Sendable {
    let berth: Berth
    let run: RunDirectory
    /// The name of the mutant it boots; nil where it boots none.
    var mutant: String?
    /// Whether the run is one of many, in the folder of a test.
    var isOneOfMany = false

    var isDeterministic: Bool { berth.plan.isDeterministic == true }

    /// Where its results lie until they were read: a disk, or the archive that a port wrote.
    var disk: URL { run.folder(of: berth.guest).appending(path: isDeterministic ? "results.tar" : "results.img") }

    /// The machine that `target` asks for, with this kernel in it.
    func machine(_ target: Target, _ host: Host) -> MachineSpec {
        let words = Self.words(berth.guest, mutant, in: isOneOfMany ? run.url : nil)
        let nanoseconds = berth.plan.nanosecondsPerInstruction
        let (console, scheduling) = (run.console(of: berth.guest), run.scheduling(of: berth.guest))
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
            ports: MachineSpec.ports(results: disk, trace: run.trace(of: berth.guest)), emulator: emulator.program)
    }

    /// What tells a guest from all others that may run: those of one run, or of the test of which `run` is a part.
    /// - Parameter mutant: the name of the mutant it boots; nil where it boots none.
    static func words(_ guest: GuestName, _ mutant: String? = nil, in run: URL?) -> [String] {
        let folder = run?.lastPathComponent
        // The folder of a mutant that is booted once has its name; that of one of its seeds has the seed's.
        return [guest.description.replacing(" ", with: "-"), mutant == folder ? nil : mutant, folder].compactMap(\.self)
    }
}

extension MachineSpec {
    /// Results by a port, for a disk answers at the host's pleasure; and a delay loop that is right for a time stamp
    /// counter of 1 GHz at 250 ticks a second, which is what a clock that counts instructions gives.
    static let deterministicParameters = ["drydock.disk=port", "lpj=4000000"]

    /// The ports of images/init: what would go to the results disk, and the probe's trace.
    static func ports(results: URL, trace: URL) -> [Port] {
        [Port(address: 0xe9, file: results), Port(address: 0xea, file: trace)]
    }

    /// What the run of a deterministic guest depends on.
    func record(_ emulator: Emulator, bootSeconds: Int, symbols: URL?) throws -> MachineRecord {
        guard let initrd, let nanosecondsPerInstruction else { preconditionFailure("no deterministic machine") }
        return MachineRecord(
            emulator: emulator.version, emulatorDigest: try Digest(ofFile: emulator.binary),
            kernelDigest: try Digest(ofFile: kernel), initramfsDigest: try Digest(ofFile: initrd), cpus: cpus,
            memory: memory, type: type, cpu: cpu, commandLine: commandLine,
            nanosecondsPerInstruction: nanosecondsPerInstruction, bootSeconds: bootSeconds,
            symbols: symbols?.path, symbolsDigest: try symbols.map { try Digest(ofFile: $0) })
    }

    /// The same machine again, its files in `folder`; what it leaves goes into `run`.
    init(
        _ record: MachineRecord, named name: String, in folder: URL, of guest: GuestName, run: RunDirectory,
        _ emulator: Emulator, debugSocket: URL? = nil
    ) {
        let place = run.folder(of: guest)
        self.init(
            name: name, cpus: record.cpus, memory: record.memory, type: record.type, cpu: record.cpu,
            kernel: folder.appending(path: "bzImage"), initrd: folder.appending(path: "initramfs.cpio"),
            commandLine: record.commandLine, results: nil, console: run.console(of: guest),
            scheduling: run.scheduling(of: guest), accelerator: .tcg,
            nanosecondsPerInstruction: record.nanosecondsPerInstruction,
            ports: Self.ports(results: place.appending(path: "results.tar"), trace: run.trace(of: guest)),
            debugSocket: debugSocket, emulator: emulator.program)
    }
}
