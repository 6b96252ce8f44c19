import Libvirt

/// A running guest; it exists only inside `Hypervisor.withGuest`.
package struct Guest: Sendable {
    /// The domain's name on the connection.
    package let domain: String
    let hypervisor: Hypervisor

    /// What libvirt knows of the guest now.
    package enum Status: Sendable, Equatable {
        case running
        /// It is there and does not run: somebody paused it, or QEMU itself did because of the disk.
        case paused(byDiskError: Bool)
        /// The domain ended; libvirt said how.
        case stopped(LifecycleEvent.StopReason)
        /// libvirt has no such domain (any more) and has not said why.
        case unknown

        /// It has not ended.
        var isThere: Bool {
            switch self {
            case .running, .paused: true
            case .stopped, .unknown: false
            }
        }
    }

    /// - Throws: `MachineError.libvirt` where the connection itself fails.
    package func status() async throws(MachineError) -> Status { try await hypervisor.status(of: domain) }

    /// Ends the guest at once; one that is gone is no error.
    package func destroy() async throws(MachineError) { try await hypervisor.destroy(domain) }

    /// The last lines QEMU wrote before it ended, or an empty string.
    package func emulatorLog() async -> String { await hypervisor.emulatorLog(of: domain) }
}
