// A drydock reduced to what the tests of the warden need: it holds a guest until it is killed, or is the warden.
import Foundation
import HostTools
import Machine

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("warden", 3):
    Warden.run(root: URL(filePath: arguments[2], directoryHint: .isDirectory))
case ("hold", 5):
    // hold KERNEL CONSOLE CACHE: prints the domain's name and its folder once the guest runs.
    let emulator = URL(filePath: HostTool("qemu-system-x86_64").path ?? "qemu-system-x86_64")
    let hypervisor = try await Hypervisor.open(
        uri: nil, cache: URL(filePath: arguments[4]), warden: URL(filePath: arguments[0]))
    let spec = MachineSpec(
        name: "held", cpus: 1, memory: 32, type: "pc", cpu: "qemu64", kernel: URL(filePath: arguments[2]), initrd: nil,
        commandLine: [], results: nil, console: URL(filePath: arguments[3]), accelerator: .tcg, emulator: emulator)
    try await hypervisor.withGuest(spec) { guest in
        FileHandle.standardOutput.write(Data("\(guest.domain) \(hypervisor.uri)\n".utf8))
        try await Task.sleep(for: .seconds(120))
    }
    await hypervisor.close()
default:
    FileHandle.standardError.write(Data("usage: GuestHolder hold KERNEL CONSOLE CACHE | warden ROOT\n".utf8))
    exit(2)
}
