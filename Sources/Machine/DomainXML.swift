import Foundation
import Targets
import XMLCoder

/// libvirt's description of the guest: direct kernel boot, one serial port, at most one disk, nothing else.
package struct DomainXML {
    private let document: DomainDocument

    /// - Parameters:
    ///   - name: the domain's name, unique on the connection.
    ///   - processor: the host CPU that all threads of the guest's QEMU share; nil if they may run on any.
    package init(_ spec: MachineSpec, named name: String, on processor: Int32? = nil) {
        document = DomainDocument(
            type: Attribute(spec.accelerator == .kvm ? "kvm" : "qemu"),
            qemuNamespace: Self.arguments(spec).isEmpty
                ? nil : Attribute("http://libvirt.org/schemas/domain/qemu/1.0"),
            name: name,
            memory: .init(unit: "MiB", value: spec.memory),
            vcpu: .init(cpuset: processor.map { Attribute(String($0)) }, value: spec.cpus),
            os: .init(
                type: .init(arch: "x86_64", machine: Attribute(spec.type), value: "hvm"), kernel: spec.kernel.path,
                initrd: spec.initrd?.path, cmdline: spec.kernelParameters),
            cpu: .init(
                mode: "custom", match: "exact", check: "none", model: .init(fallback: "forbid", value: spec.cpu)),
            clock: spec.nanosecondsPerInstruction == nil ? .init(offset: "utc") : Self.virtualClock,
            devices: .init(
                emulator: spec.emulator.path,
                disk: spec.results.map { disk in
                    .init(
                        type: "file", device: "disk",
                        // Flushes to the host's disk cost time and only matter if the host dies. If the host cannot
                        // read or write, the guest's disk must not report an error.
                        driver: .init(
                            name: "qemu", type: "raw", cache: "unsafe", errorPolicy: "stop", readErrorPolicy: "stop"),
                        source: .init(file: Attribute(disk.file.path)),
                        target: .init(dev: Attribute(disk.bus.device), bus: Attribute(disk.bus.rawValue)))
                },
                controller: .init(type: "usb", model: "none"),
                // Without append, virtlogd deletes the file, and the open file that is being read gets nothing more.
                serial: .init(
                    type: "file", source: .init(path: Attribute(spec.console.path), append: "on"),
                    target: .init(port: 0)),
                memballoon: .init(model: "none")),
            commandLine: Self.arguments(spec).isEmpty
                ? nil : .init(arguments: Self.arguments(spec).map { .init(value: Attribute($0)) }))
    }

    /// The UUID that the BIOS gives to the guest, because another one means other instructions during the boot; libvirt
    /// needs a different one for each guest.
    static let identity = "00000000-0000-0000-0000-000000000001"

    /// QEMU arguments that libvirt has no element for.
    private static func arguments(_ spec: MachineSpec) -> [String] {
        (spec.instructionCount.map { ["-icount", $0, "-uuid", Self.identity] } ?? [])
            + spec.ports.flatMap { $0.arguments(file: $0.file.path) }
            + (spec.debugSocket.map {
                ["-chardev", "socket,id=debugger,path=\($0.path),server=on,wait=off", "-gdb", "chardev:debugger"]
            } ?? [])
    }

    /// The same date at every boot, and from then on the guest's own time.
    private static let virtualClock = DomainDocument.Clock(
        offset: "absolute", start: Attribute(MachineSpec.virtualEpoch), timer: .init(name: "rtc", track: "guest"))

    /// The document, indented.
    package func text() throws -> String {
        let encoder = XMLEncoder()
        encoder.outputFormatting = .prettyPrinted
        encoder.prettyPrintIndentation = .spaces(2)
        return String(decoding: try encoder.encode(document, withRootKey: "domain"), as: UTF8.self) + "\n"
    }
}

extension MachineSpec.Port {
    /// QEMU's options for the port; QEMU needs a comma in a value doubled.
    func arguments(file: String) -> [String] {
        let name = "port-\(String(address, radix: 16))"
        return [
            "-chardev", "file,id=\(name),path=\(file.replacing(",", with: ",,")),append=on",
            "-device", "isa-debugcon,iobase=0x\(String(address, radix: 16)),chardev=\(name)",
        ]
    }
}

extension DiskBus {
    /// The name that libvirt gives to the first disk of the bus.
    fileprivate var device: String {
        switch self {
        case .ide: "hda"
        case .virtio: "vda"
        }
    }
}
