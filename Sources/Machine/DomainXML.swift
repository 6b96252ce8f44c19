import Foundation
import Targets
import XMLCoder

/// libvirt's description of the machine: direct kernel boot, one serial port, at most one disk, nothing else.
package struct DomainXML {
    private let document: DomainDocument

    /// - Parameter name: the domain's name, unique on the connection.
    package init(_ spec: MachineSpec, named name: String) {
        document = DomainDocument(
            type: Attribute(spec.accelerator == .kvm ? "kvm" : "qemu"),
            qemuNamespace: spec.countsInstructions ? Attribute("http://libvirt.org/schemas/domain/qemu/1.0") : nil,
            name: name,
            memory: .init(unit: "MiB", value: spec.memory),
            vcpu: spec.cpus,
            os: .init(
                type: .init(arch: "x86_64", machine: Attribute(spec.type), value: "hvm"), kernel: spec.kernel.path,
                initrd: spec.initrd?.path, cmdline: spec.kernelParameters),
            cpu: .init(
                mode: "custom", match: "exact", check: "none", model: .init(fallback: "forbid", value: spec.cpu)),
            clock: spec.countsInstructions ? Self.virtualClock : .init(offset: "utc"),
            devices: .init(
                emulator: spec.emulator.path,
                disk: spec.results.map { disk in
                    .init(
                        type: "file", device: "disk",
                        // Flushes to the host's own disk cost time and only matter where the host dies.
                        driver: .init(name: "qemu", type: "raw", cache: "unsafe"),
                        source: .init(file: Attribute(disk.file.path)),
                        target: .init(dev: Attribute(disk.bus.device), bus: Attribute(disk.bus.rawValue)))
                },
                controller: .init(type: "usb", model: "none"),
                // Without append virtlogd deletes the file, and whoever reads it already sees nothing.
                serial: .init(
                    type: "file", source: .init(path: Attribute(spec.console.path), append: "on"),
                    target: .init(port: 0)),
                memballoon: .init(model: "none")),
            commandLine: spec.countsInstructions
                ? .init(arguments: ["-icount", MachineSpec.instructionCount].map { .init(value: Attribute($0)) }) : nil)
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

extension DiskBus {
    /// The name libvirt gives the first disk of the bus.
    fileprivate var device: String {
        switch self {
        case .ide: "hda"
        case .virtio: "vda"
        }
    }
}
