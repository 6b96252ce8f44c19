import Foundation
import Machine
import Targets
import Testing

@Suite struct MachineSpecTests {
    @Test func targetsParametersComeLast() {
        #expect(DomainXMLTests.spec().kernelParameters == "console=ttyS0 panic=5")
        #expect(
            DomainXMLTests.spec(commandLine: ["vdso=0", "nmi_watchdog=0"]).kernelParameters
                == "console=ttyS0 panic=5 vdso=0 nmi_watchdog=0")
    }

    @Test func aMissingKernelIsNamed() {
        let error = #expect(throws: MachineError.self) { try DomainXMLTests.spec().checkFiles() }
        #expect(error == .missingFile(what: "kernel", path: "/run/base/bzImage"))
        #expect(
            error?.description
                == "cannot start a guest: its kernel /run/base/bzImage does not exist or is not readable")
    }

    @Test func aMissingEmulatorIsNamed() throws {
        let here = URL(filePath: #filePath)
        let spec = MachineSpec(
            name: "base", cpus: 1, memory: 64, type: "pc", cpu: "qemu64", kernel: here, initrd: nil, commandLine: [],
            results: nil, console: here, accelerator: .tcg, emulator: URL(filePath: "/nowhere/qemu"))
        #expect(throws: MachineError.noEmulator(name: "/nowhere/qemu")) { try spec.checkFiles() }
    }
}
