import Libvirt

/// No guest could be started or watched; a guest that fails is an `Ending`, not an error.
package enum MachineError: Error, Equatable, CustomStringConvertible {
    case noDaemon(uri: String, said: String)
    case noRights(uri: String, said: String)
    /// libvirt's QEMU driver was built for a user that this host does not have.
    case noQEMUUser(said: String)
    case cannotConnect(uri: String, said: String)
    case noEmulator(name: String)
    /// No QEMU here repeats a guest; `place` is where `make setup` would put one.
    case noDeterministicEmulator(host: String, version: String, needed: Int, place: String)
    case emulatorSaysNoVersion(program: String, said: String)
    /// A file that the guest needs; `what` is `kernel`, `initramfs`, `results disk` or `console log`.
    case missingFile(what: String, path: String)
    case cannotWrite(what: String, path: String, said: String)
    case cannotStartGuest(name: String, said: String)
    /// The order of the threads of a guest's QEMU would be left to the host.
    case cannotOrderThreads(name: String, said: String)
    case cannotStartWarden(executable: String, said: String)
    /// The accelerator test did not end even under TCG, which runs everywhere.
    case probeFailed(said: String)
    case libvirt(LibvirtError)

    package var description: String {
        switch self {
        case .noDaemon(let uri, let said):
            "cannot connect to \(uri): \(said); start the daemons (`virtlogd -d`, `libvirtd -d`) or leave out --connect"
        case .noRights(let uri, let said):
            "cannot connect to \(uri): \(said); join the group libvirt, become root, or leave out --connect"
        case .noQEMUUser(let said):
            "cannot open libvirt's QEMU driver: \(said); the package libvirt-daemon-system creates that user; "
                + "`make setup` installs it"
        case .cannotConnect(let uri, let said): "cannot connect to \(uri): \(said)"
        case .noEmulator(let name):
            "cannot start a guest: there is no program \(name); `make setup` installs what drydock needs"
        case .noDeterministicEmulator(let host, let version, let needed, let place):
            "cannot boot a deterministic guest: it needs QEMU \(needed) or later, because an older one stops when the "
                + "second CPU comes up; \(host) is \(version), and there is no newer one at \(place); "
                + "`make setup` puts Debian's backport there and leaves the host's alone"
        case .emulatorSaysNoVersion(let program, let said):
            "cannot ask \(program) for its version: it said: \(said)"
        case .missingFile(let what, let path):
            "cannot start a guest: its \(what) \(path) does not exist or is not readable"
        case .cannotWrite(let what, let path, let said): "cannot write the \(what) \(path): \(said)"
        case .cannotStartGuest(let name, let said): "cannot start guest \(name): \(said)"
        case .cannotOrderThreads(let name, let said):
            "cannot make guest \(name) the same every time: \(said)"
        case .cannotStartWarden(let executable, let said):
            "cannot start \(executable) as the warden that ends guests if drydock is killed: \(said)"
        case .probeFailed(let said):
            "cannot test the accelerator: QEMU did not run the test sector even without KVM: \(said)"
        case .libvirt(let error): "\(error)"
        }
    }
}

extension MachineError {
    /// Classifies a refused connection by what its user can do about it.
    package init(connecting error: LibvirtError) {
        let said = error.message
        let lowered = said.lowercased()
        if said.contains("Failed to parse user") || said.contains("Failed to parse group") {
            self = .noQEMUUser(said: said)
        } else if lowered.contains("permission denied") || lowered.contains("access denied")
            || lowered.contains("authentication")
        {
            self = .noRights(uri: error.value, said: said)
        } else if said.contains("Failed to connect socket") {
            self = .noDaemon(uri: error.value, said: said)
        } else {
            self = .cannotConnect(uri: error.value, said: said)
        }
    }
}
