import Evidence
import Foundation
import Machine
import Results

/// Boots the guests of a test and reads their results; every kind of test uses one, so that a table of consoles and
/// results can replace QEMU, libvirt and libguestfs.
package protocol GuestMachine: Sendable {
    /// What guests are built for.
    var host: GuestHost { get }

    /// The versions of the programs that a run uses, by name.
    func environment(drydock: String, compiler: String) async throws -> [String: String]

    /// An empty results disk; every guest with a disk gets a copy.
    func template(onProgress: @escaping @Sendable (String) -> Void) async throws -> ResultsDisk.Template

    /// Boots a guest and returns when it has ended; its files are then at the paths in `spec`.
    /// - Throws: `MachineError` if no guest could be started.
    func boot(
        _ spec: MachineSpec, limits: BootLimits, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> BootRecord

    /// The content of each disk.
    func read(disks: [URL], onProgress: @escaping @Sendable (String) -> Void) async throws -> [ResultFiles]

    /// What a deterministic guest wrote to its port.
    func read(archive: URL) -> ResultFiles

    /// The same with the QEMU for deterministic guests; nil if there is none.
    func deterministic() async throws -> (any GuestMachine)?
}

/// Boots guests in QEMU through libvirt, and reads their disks through libguestfs.
struct HostMachine: GuestMachine {
    var host: GuestHost
    let hypervisor: Hypervisor
    let workspace: Workspace
    /// Whether QEMU is on this host, so that its threads can be ordered.
    let isHere: Bool

    func environment(drydock: String, compiler: String) async throws -> [String: String] {
        try await host.environment(drydock: drydock, hypervisor, compiler)
    }

    func template(onProgress: @escaping @Sendable (String) -> Void) async throws -> ResultsDisk.Template {
        try await ResultsDisk.template(in: workspace.cache, forceTCG: host.forceTCG, onProgress: onProgress)
    }

    func boot(
        _ spec: MachineSpec, limits: BootLimits, onProgress: @escaping @Sendable (String) -> Void
    ) async throws -> BootRecord {
        try await Boot.run(spec, limits: limits, on: hypervisor, onProgress: onProgress)
    }

    func read(disks: [URL], onProgress: @escaping @Sendable (String) -> Void) async throws -> [ResultFiles] {
        let reader = ResultsReader(cacheFolder: workspace.cache, forceTCG: host.forceTCG, onProgress: onProgress)
        return try await reader.read(disks: disks)
    }

    func read(archive: URL) -> ResultFiles { PortResults.read(archive) }

    func deterministic() async throws -> (any GuestMachine)? {
        guard isHere else { return nil }
        var machine = self
        do {
            machine.host.deterministic = try await GuestHost.deterministicEmulator(workspace)
        } catch MachineError.noDeterministicEmulator {
            return nil
        }
        return machine
    }
}

extension HostMachine {
    /// Runs `body` with `given`, or else with what boots guests on this host.
    /// - Parameters:
    ///   - connection: a libvirt URI; nil for the connection that drydock makes for itself.
    ///   - host: what guests are run with; asked before anything that takes minutes, because QEMU may be missing.
    static func with<Value: Sendable>(
        or given: (any GuestMachine)?, at connection: String?, _ workspace: Workspace,
        host: () async throws -> GuestHost, _ body: (any GuestMachine) async throws -> Value
    ) async throws -> Value {
        if let given { return try await body(given) }
        let host = try await host()
        return try await GuestHost.withHypervisor(at: connection, workspace) { hypervisor in
            try await body(
                HostMachine(host: host, hypervisor: hypervisor, workspace: workspace, isHere: connection == nil))
        }
    }
}

extension Preparation {
    /// Runs `body` with what boots the guests that `request` asks for.
    func withMachine<Value: Sendable>(
        _ request: BootRequest, _ body: (any GuestMachine) async throws -> Value
    ) async throws -> Value {
        try await HostMachine.with(
            or: machine, at: request.connection, workspace, host: { try await survey(request) }, body)
    }

    private func survey(_ request: BootRequest) async throws -> GuestHost {
        let workspace = workspace
        return try await log.run(.host) { now in
            now("timing 64-bit guest code under KVM and TCG")
            var host = try await GuestHost.survey(workspace)
            if request.isDeterministic {
                let emulator = try await GuestHost.deterministicEmulator(workspace)
                host.deterministic = emulator
                return (host, .init(summary: "TCG of QEMU \(emulator.version): it counts instructions"))
            }
            return (host, .init(summary: "\(host.accelerator.kind.rawValue.uppercased()): \(host.accelerator.reason)"))
        }
    }
}
