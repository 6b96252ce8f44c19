import Files

/// A deterministic guest's machine, with everything on which its run depends: `machine.json`.
package struct MachineRecord: Codable, Sendable, Equatable {
    /// QEMU's version, such as `10.0.2`.
    package let emulator: String
    /// Of QEMU's program.
    package let emulatorDigest: Digest
    /// Of the files of these names beside the record.
    package let kernelDigest: Digest
    package let initramfsDigest: Digest
    package let cpus: Int
    /// In MiB.
    package let memory: Int
    /// QEMU's machine type and CPU model.
    package let type: String
    package let cpu: String
    /// The kernel's parameters after those that drydock gives to each guest.
    package let commandLine: [String]
    package let nanosecondsPerInstruction: Int
    /// The longest time, in seconds, until the kernel reaches init.
    package let bootSeconds: Int
    /// The kernel with its symbols, in the tree that it was built in, and its digest at that time; nil for a mutant,
    /// because the next mutant uses its tree.
    package let symbols: String?
    package let symbolsDigest: Digest?

    package init(
        emulator: String, emulatorDigest: Digest, kernelDigest: Digest, initramfsDigest: Digest, cpus: Int, memory: Int,
        type: String, cpu: String, commandLine: [String], nanosecondsPerInstruction: Int,
        bootSeconds: Int, symbols: String?, symbolsDigest: Digest?
    ) {
        self.emulator = emulator
        self.emulatorDigest = emulatorDigest
        self.kernelDigest = kernelDigest
        self.initramfsDigest = initramfsDigest
        self.cpus = cpus
        self.memory = memory
        self.type = type
        self.cpu = cpu
        self.commandLine = commandLine
        self.nanosecondsPerInstruction = nanosecondsPerInstruction
        self.bootSeconds = bootSeconds
        self.symbols = symbols
        self.symbolsDigest = symbolsDigest
    }

    /// The same machine with more kernel parameters.
    package func adding(parameters: [String]) -> MachineRecord {
        MachineRecord(
            emulator: emulator, emulatorDigest: emulatorDigest, kernelDigest: kernelDigest,
            initramfsDigest: initramfsDigest, cpus: cpus, memory: memory, type: type, cpu: cpu,
            commandLine: commandLine + parameters, nanosecondsPerInstruction: nanosecondsPerInstruction,
            bootSeconds: bootSeconds, symbols: symbols, symbolsDigest: symbolsDigest)
    }
}
