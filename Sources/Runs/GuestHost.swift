import Foundation
import HostTools
import Machine
import Results

/// What this host runs guests with.
package struct GuestHost: Sendable {
    /// QEMU's program.
    package let emulator: URL
    package let accelerator: Accelerator
    /// The QEMU for deterministic guests; nil if none was asked for.
    package var deterministic: Emulator?

    /// libguestfs uses KVM if `/dev/kvm` opens, even if KVM cannot run a guest.
    package var forceTCG: Bool { accelerator.kind == .tcg }

    /// Drydock's own program.
    static var executable: URL { URL(filePath: "/proc/self/exe").resolvingSymlinksInPath() }

    /// Finds QEMU and decides, once per host and QEMU, what executes guest code.
    package static func survey(_ workspace: Workspace) async throws -> GuestHost {
        let emulator = try emulator()
        let probe = AcceleratorProbe(
            sectorSource: workspace.images.appending(path: "accelerator/sector.S"), cache: workspace.cache,
            emulator: emulator)
        return GuestHost(emulator: emulator, accelerator: try await probe.measure())
    }

    /// The QEMU for deterministic guests.
    /// - Throws: `MachineError.noDeterministicEmulator`.
    package static func deterministicEmulator(_ workspace: Workspace) async throws -> Emulator {
        try await .deterministic(host: try emulator(), cache: workspace.cache)
    }

    private static func emulator() throws(MachineError) -> URL {
        let name = "qemu-system-x86_64"
        guard let path = HostTool(name).path else { throw .noEmulator(name: name) }
        return URL(filePath: path)
    }

    /// Connects to libvirt for as long as `body` runs.
    /// - Parameter uri: nil for the connection that needs no configuration.
    package static func withHypervisor<Value: Sendable>(
        at uri: String?, _ workspace: Workspace, _ body: (Hypervisor) async throws -> Value
    ) async throws -> Value {
        let hypervisor = try await Hypervisor.open(
            uri: uri, cache: workspace.cache, warden: executable)
        do {
            let value = try await body(hypervisor)
            await hypervisor.close()
            return value
        } catch {
            await hypervisor.close()
            throw error
        }
    }

    /// The versions of the programs that a run uses, by name.
    func environment(drydock: String, _ hypervisor: Hypervisor, _ compiler: String) async throws -> [String: String] {
        var system = utsname()
        uname(&system)
        let release = withUnsafeBytes(of: &system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let qemu = if let deterministic { deterministic.version } else { try await hypervisor.version() }
        return [
            "accelerator": deterministic == nil
                ? "\(accelerator.kind.rawValue): \(accelerator.reason)" : "tcg: only TCG can count instructions",
            "compiler": compiler,
            "drydock": drydock,
            "host": "Linux \(release)",
            "libguestfs": try ResultsReader.libraryVersion(),
            "libvirt": Hypervisor.libraryVersion,
            "qemu": qemu,
        ]
    }
}
