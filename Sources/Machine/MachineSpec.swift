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
    /// The file the serial console is written to.
    package let console: URL
    package let accelerator: Accelerator.Kind
    /// Whether its clock counts the instructions it executes, which makes a guest with one processor the same every time.
    package let countsInstructions: Bool
    /// QEMU's program.
    package let emulator: URL

    /// A raw image and the bus it hangs on.
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
        commandLine: [String], results: Disk?, console: URL, accelerator: Accelerator.Kind,
        countsInstructions: Bool = false, emulator: URL
    ) {
        precondition(!countsInstructions || accelerator == .tcg, "only TCG counts instructions")
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
        self.accelerator = accelerator
        self.countsInstructions = countsInstructions
        self.emulator = emulator
    }

    /// The machine a target asks for.
    package init(
        name: String, machine: MachineDescription, kernel: URL, initrd: URL, results: URL, console: URL,
        accelerator: Accelerator.Kind, countsInstructions: Bool = false, emulator: URL
    ) {
        self.init(
            name: name, cpus: machine.cpus, memory: machine.memory, type: machine.type, cpu: machine.cpu,
            kernel: kernel, initrd: initrd, commandLine: machine.commandLine,
            results: Disk(file: results, bus: machine.disk), console: console, accelerator: accelerator,
            countsInstructions: countsInstructions, emulator: emulator)
    }

    /// Guest time of one instruction in nanoseconds, where it counts them.
    package static let nanosecondsPerInstruction = 2
    /// QEMU's words for that: a shift of 1. With `sleep=off` an idle guest's time jumps to its next timer.
    static let instructionCount = "shift=1,sleep=off"
    /// The date at which such a guest boots, in seconds since 1970: 1 January 2020.
    static let virtualEpoch = 1_577_836_800

    /// The whole kernel command line.
    package var kernelParameters: String { (["console=ttyS0", "panic=5"] + commandLine).joined(separator: " ") }

    /// Refuses a spec whose files are not there, before anything is started.
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
