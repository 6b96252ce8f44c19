/// Something that the host did to a guest and that no guest can prevent.
package enum HostInterference: Codable, Sendable, Equatable {
    /// A file of the guest could not grow; `path` is the directory whose file system is full.
    case noSpace(path: String)
    /// The host could not read or write the guest's disk, and QEMU paused the guest.
    case diskError(path: String)
    /// QEMU was stopped, or the guest paused, for so long that the guest was given up.
    case paused(seconds: Int)

    /// What happened and what to do about it, in words that follow "the machine was lost:".
    package var words: String {
        switch self {
        case .noSpace(let path):
            "the file system of \(path) was full while it ran; free some space there, or give another place with --runs"
        case .diskError(let path):
            "the host could not read or write its disk, and QEMU paused it; look at the host's log and the disk of \(path)"
        case .paused(let seconds):
            "its QEMU was stopped for \(seconds) s; let it run (kill -CONT, virsh resume) or find out who stops it"
        }
    }

    /// Whether an immediate second try would end in the same way.
    package var lasts: Bool {
        switch self {
        case .noSpace, .diskError: true
        case .paused: false
        }
    }
}
