import Foundation
import Libvirt

/// The connection on which all guests of one drydock run.
///
/// Without a URI the connection needs no daemon and no configuration: libvirt's QEMU driver runs inside this process.
package actor Hypervisor {
    package nonisolated let uri: String
    /// The prefix of the names of all domains of this drydock.
    package nonisolated let prefix: String
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let executor = ThreadExecutor(name: "libvirt")
    private let ledger = DomainLedger()
    private let driver: EmbeddedDriver?
    private let reaper: Reaper?
    private var connection: Connection?
    private var processors = SharedProcessors()

    /// Opens the connection.
    /// - Parameters:
    ///   - uri: the value of `--connect`; nil for the embedded driver.
    ///   - cache: a directory that outlives the run; libvirt keeps what it learnt about QEMU in it.
    ///   - warden: the program whose sub-command `warden` calls `Warden.run`: drydock itself.
    package static func open(uri: String?, cache: URL, warden: URL) async throws(MachineError) -> Hypervisor {
        let hypervisor = try Hypervisor(uri: uri, cache: cache, warden: warden)
        do {
            try await hypervisor.connect()
        } catch {
            await hypervisor.close()
            throw error
        }
        return hypervisor
    }

    private init(uri: String?, cache: URL, warden: URL) throws(MachineError) {
        if let uri {
            self.uri = uri
            prefix = Self.newPrefix()
            driver = nil
            reaper = nil
            return
        }
        let driver = try EmbeddedDriver.shared(cache: cache.appending(path: "libvirt"), warden: warden)
        self.driver = driver
        self.uri = driver.root.uri
        prefix = driver.prefix
        reaper = Reaper()
    }

    /// A prefix of domain names that no other drydock on this host has.
    static func newPrefix() -> String { "drydock-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))-" }

    private func connect() throws(MachineError) {
        let ledger = ledger
        do {
            var opened = try Connection(opening: uri)
            try opened.onLifecycle { ledger.record($0) }
            connection = consume opened
        } catch {
            throw MachineError(connecting: error)
        }
    }

    /// Closes the connection; all guests must have ended.
    ///
    /// The embedded driver's directory is removed when the process ends, because libvirt needs it until then.
    package func close() {
        connection = nil
        reaper?.stop()
    }

    /// The version of the libvirt that drydock runs with: "9.0.0".
    package nonisolated static var libraryVersion: String { Connection.libraryVersion }

    /// The version of the hypervisor: "7.2.22".
    package func version() throws(MachineError) -> String {
        try libvirt { connection throws(LibvirtError) in try connection.hypervisorVersion() }
    }

    /// Runs `body` with a guest; however `body` ends, the guest is destroyed, also if the task was cancelled.
    package nonisolated func withGuest<Result: Sendable>(
        _ spec: MachineSpec, _ body: (Guest) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        try spec.checkFiles()
        let guest = try await start(spec)
        do {
            let result = try await body(guest)
            // If the connection broke, the guest has gone with it, but what `body` saw of it still counts.
            try? await guest.destroy()
            return result
        } catch {
            try? await guest.destroy()
            throw error
        }
    }

    func status(of domain: String) throws(MachineError) -> Guest.Status {
        if let reason = ledger.stop(of: domain) { return .stopped(reason) }
        do {
            let state = try libvirt { connection throws(LibvirtError) in
                try connection.domain(named: domain).state()
            }
            switch state.state {
            case .shutOff: return .unknown
            case .crashed: return .stopped(.crashed)
            case .paused: return .paused(byDiskError: state.isPausedByDiskError)
            case .running, .shuttingDown, .other: return .running
            }
        } catch .libvirt(let error) where error.meansGone {
            return .unknown
        }
    }

    func destroy(_ domain: String) throws(MachineError) {
        processors.release(domain)
        do {
            try libvirt { connection throws(LibvirtError) in try connection.domain(named: domain).destroy() }
        } catch .libvirt(let error) where error.meansGone {
            return
        }
    }

    func emulatorLog(of domain: String) -> String {
        guard let file = driver?.root.log(of: domain), let text = try? String(contentsOf: file, encoding: .utf8) else {
            return ""
        }
        // The file continues from boot to boot. QEMU's own lines have a time and its name; the others are libvirt's.
        let lines = text.split(separator: "\n")
        let start = lines.lastIndex { $0.contains(": starting up libvirt version") } ?? lines.startIndex
        return lines[start...].filter { $0.contains(" qemu-system") && $0.contains("Z ") }.suffix(3)
            .joined(separator: "\n")
    }

    private func start(_ spec: MachineSpec) throws(MachineError) -> Guest {
        let name = prefix + spec.name
        let processor = spec.isRepeatable ? processors.take(for: name) : nil
        do {
            try create(name, spec, on: processor)
        } catch {
            processors.release(name)
            throw error
        }
        do {
            if spec.isRepeatable { try order(name, spec) } else { GuestThreads.settle(domain: name) }
        } catch {
            try? destroy(name)
            throw error
        }
        return Guest(domain: name, hypervisor: self)
    }

    /// Starts the guest; paused if it is not ready to run.
    private func create(_ name: String, _ spec: MachineSpec, on processor: Int32?) throws(MachineError) {
        let xml: String
        do {
            xml = try DomainXML(spec, named: name, on: processor).text()
        } catch {
            throw .cannotStartGuest(name: spec.name, said: "its description cannot be written: \(error)")
        }
        let autodestroy = driver == nil
        ledger.forget(name)
        do {
            try libvirt { connection throws(LibvirtError) in
                _ = try connection.createDomain(
                    xml: xml, named: name, autodestroy: autodestroy,
                    paused: spec.isRepeatable || spec.debugSocket != nil)
            }
        } catch .libvirt(let error) {
            throw .cannotStartGuest(name: spec.name, said: error.message)
        }
    }

    /// Sets which thread of a paused guest's QEMU goes first, and lets the guest run unless a debugger will.
    private func order(_ name: String, _ spec: MachineSpec) throws(MachineError) {
        do {
            try ThreadOrder.establish(forDomain: name)
        } catch {
            throw .cannotOrderThreads(name: spec.name, said: error.said)
        }
        guard spec.debugSocket == nil else { return }
        try libvirt { connection throws(LibvirtError) in try connection.domain(named: name).resume() }
    }

    /// One synchronous conversation on the connection's own thread.
    private func libvirt<Result>(
        _ body: (borrowing Connection) throws(LibvirtError) -> Result
    ) throws(MachineError) -> Result {
        guard connection != nil else {
            throw .libvirt(LibvirtError(domain: 0, code: 0, message: "it is closed", act: "use connection", value: uri))
        }
        do throws(LibvirtError) {
            return try body(connection!)
        } catch {
            throw .libvirt(error)
        }
    }
}

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
