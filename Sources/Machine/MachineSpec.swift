import Foundation
import Targets

/// One virtual machine, fully decided: the same spec boots the same machine.
package struct MachineSpec: Sendable, Equatable {
    /// Short and unique among the guests of one drydock: `base`, `patched`.
    package let name: String
    package let cpus: Int
    /// In MiB.
    package let memory: Int
    /// QEMU's machine type.
    package let type: String
    /// QEMU's CPU model.
    package let cpu: String
    package let kernel: URL
    package let initrd: URL?
    /// The target's own kernel parameters; see `kernelParameters` for all of them.
    package let commandLine: [String]
    package let results: Disk?
    /// The file to which the serial console is written.
    package let console: URL
    /// The file that gets how long the guest's CPUs waited for the host; nil if it is not needed.
    package let scheduling: URL?
    package let accelerator: Accelerator.Kind
    /// Guest time of one instruction, a power of two, if the guest's clock counts instructions; nil if the clock is the
    /// host's; without a disk such a guest is the same every time.
    package let nanosecondsPerInstruction: Int?
    package let ports: [Port]
    /// A Unix socket at which the guest waits for a debugger before its first instruction; nil if it does not wait.
    package let debugSocket: URL?
    /// QEMU's program.
    package let emulator: URL

    /// An I/O port of one byte; what the guest writes to it goes into a file at once, whatever the host does.
    package struct Port: Sendable, Equatable {
        package let address: UInt16
        package let file: URL

        package init(address: UInt16, file: URL) {
            self.address = address
            self.file = file
        }
    }

    /// A raw image and its bus.
    package struct Disk: Sendable, Equatable {
        package let file: URL
        package let bus: DiskBus

        package init(file: URL, bus: DiskBus) {
            self.file = file
            self.bus = bus
        }
    }

    package init(
        name: String, cpus: Int, memory: Int, type: String, cpu: String, kernel: URL, initrd: URL?,
        commandLine: [String], results: Disk?, console: URL, scheduling: URL? = nil, accelerator: Accelerator.Kind,
        nanosecondsPerInstruction: Int? = nil, ports: [Port] = [], debugSocket: URL? = nil, emulator: URL
    ) {
        precondition(nanosecondsPerInstruction == nil || accelerator == .tcg, "only TCG counts instructions")
        precondition(nanosecondsPerInstruction.map { $0 > 0 && $0.nonzeroBitCount == 1 } ?? true, "QEMU shifts bits")
        self.name = name
        self.cpus = cpus
        self.memory = memory
        self.type = type
        self.cpu = cpu
        self.kernel = kernel
        self.initrd = initrd
        self.commandLine = commandLine
        self.results = results
        self.console = console
        self.scheduling = scheduling
        self.accelerator = accelerator
        self.nanosecondsPerInstruction = nanosecondsPerInstruction
        self.ports = ports
        self.debugSocket = debugSocket
        self.emulator = emulator
    }

    /// The machine that a target asks for.
    package init(
        name: String, target: Target, kernel: URL, initrd: URL, results: URL?, console: URL, scheduling: URL?,
        accelerator: Accelerator.Kind, nanosecondsPerInstruction: Int? = nil, parameters: [String] = [],
        ports: [Port] = [], emulator: URL
    ) {
        let machine = target.machine
        self.init(
            name: name, cpus: machine.cpus, memory: machine.memory, type: machine.type, cpu: machine.cpu,
            kernel: kernel, initrd: initrd, commandLine: target.commandLine + parameters,
            results: results.map { Disk(file: $0, bus: machine.disk) }, console: console, scheduling: scheduling,
            accelerator: accelerator,
            nanosecondsPerInstruction: nanosecondsPerInstruction, ports: ports, emulator: emulator)
    }

    /// Whether the guest is the same every time: its clock counts instructions, and it has no disk.
    var isRepeatable: Bool { nanosecondsPerInstruction != nil && results == nil }

    /// QEMU's option for a clock that counts instructions; with `sleep=off` an idle guest's time jumps to its next
    /// timer.
    var instructionCount: String? {
        nanosecondsPerInstruction.map { "shift=\($0.trailingZeroBitCount),sleep=off" }
    }
    /// The date at which such a guest boots, in seconds since 1970: 1 January 2020.
    static let virtualEpoch = 1_577_836_800

    /// The whole kernel command line.
    package var kernelParameters: String { (["console=ttyS0", "panic=5"] + commandLine).joined(separator: " ") }

    /// Refuses a spec whose files do not exist, before anything is started.
    package func checkFiles() throws(MachineError) {
        let files = [("kernel", kernel), ("initramfs", initrd), ("results disk", results?.file)]
        for case (let what, let file?) in files where !FileManager.default.isReadableFile(atPath: file.path) {
            throw .missingFile(what: what, path: file.path)
        }
        guard FileManager.default.isExecutableFile(atPath: emulator.path) else {
            throw .noEmulator(name: emulator.path)
        }
    }
}
