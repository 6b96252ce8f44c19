import CProcess
import Foundation

/// How much of a busy host a guest gets, and how soon.
///
/// The processors of a guest wait for each other: for a lock, for the answer to an interrupt. One that the host keeps from
/// running costs the others' time too, so half a host makes a guest far more than twice as slow. Its threads get more
/// weight than what else runs, where drydock has the right. Without it too they get their share in short pieces, where the
/// kernel can do so (Linux 6.12): who is waited for comes sooner. They are never realtime: a guest that spins for ever must
/// leave its host usable.
enum GuestWeight {
    /// About three times the weight of a process that nobody has made nice.
    static let niceness: Int32 = -5
    /// The least that Linux takes.
    private static let sliceNanoseconds: UInt64 = 100_000

    /// Raises the weight of the running QEMU of `domain`, as far as that is allowed; else nothing is said.
    static func raise(forDomain domain: String) {
        guard let process = ProcessTable.emulator(of: domain) else { return }
        // Where sessions get equal shares, whatever the niceness of their processes: libvirt gives QEMU one of its own.
        try? Data("\(niceness)".utf8).write(to: URL(filePath: "/proc/\(process)/autogroup"))
        for (thread, _) in ProcessTable.threads(of: process)
        where cprocess_weigh(thread, niceness, sliceNanoseconds) != 0 {
            _ = cprocess_weigh(thread, cprocess_niceness(thread), sliceNanoseconds)
        }
    }
}
