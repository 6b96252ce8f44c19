import Libvirt

/// A running guest; it exists only inside `Hypervisor.withGuest`.
package struct Guest: Sendable {
    /// The domain's name on the connection.
    package let domain: String
    let hypervisor: Hypervisor

    /// What libvirt knows of the guest now.
    package enum Status: Sendable, Equatable {
        case running
        /// It exists but does not run: somebody paused it, or QEMU paused it because of the disk.
        case paused(byDiskError: Bool)
        /// The domain ended; libvirt said how.
        case stopped(LifecycleEvent.StopReason)
        /// libvirt has no such domain, or no longer, and has not said why.
        case unknown

        /// Whether it has not ended.
        var isThere: Bool {
            switch self {
            case .running, .paused: true
            case .stopped, .unknown: false
            }
        }
    }

    /// - Throws: `MachineError.libvirt` if the connection itself fails.
    package func status() async throws(MachineError) -> Status { try await hypervisor.status(of: domain) }

    /// Ends the guest at once; it is not an error if it has already ended.
    package func destroy() async throws(MachineError) { try await hypervisor.destroy(domain) }

    /// The last lines that QEMU wrote before it ended, or an empty string.
    package func emulatorLog() async -> String { await hypervisor.emulatorLog(of: domain) }
}
