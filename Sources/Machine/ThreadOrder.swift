import CProcess
import Foundation

/// Which of a QEMU's threads goes first.
///
/// A QEMU whose clock counts instructions executes all processors of the guest on one thread. Its main loop is another: it
/// moves the clock on where all of them wait, and it too runs what is due, whenever it happens to wake. Where both run at
/// once, a timer that becomes due within those microseconds ends the processors' turn here or there. So both share one
/// processor of the host, where the main loop goes first: it is through before the guest's next instruction.
enum ThreadOrder {
    /// What QEMU calls the guest's thread, where libvirt has it name them.
    static let guestThread = "ALL CPUs/TCG"

    struct Failure: Error { let said: String }

    /// Lets the main loop of the paused QEMU of a domain go first, all of whose threads share a processor.
    ///
    /// Where drydock has the right, that becomes a realtime thread. Else the guest's thread gives way to it, and to whatever
    /// else that processor has to do in its control group: such a guest is slow beside other work.
    /// - Parameter mayGoFirst: whether to try the former.
    static func establish(forDomain name: String, mayGoFirst: Bool = Self.mayGoFirst) throws(Failure) {
        let process = try process(of: name)
        if mayGoFirst, cprocess_go_first(process) == 0 { return }
        let threads = ProcessTable.threads(of: process)
        guard let thread = threads.first(where: { $0.name == guestThread }) else {
            let names = threads.map(\.name).sorted().joined(separator: ", ")
            throw Failure(
                said: threads.isEmpty
                    ? "its QEMU, process \(process), has ended"
                    : "its QEMU, process \(process), has no thread \(guestThread), but these: \(names)")
        }
        guard cprocess_give_way(thread.identifier) == 0 else {
            let said = String(cString: strerror(errno))
            throw Failure(
                said:
                    "thread \(thread.identifier) of its QEMU, process \(process), cannot give way to the others: \(said); "
                    + "run drydock as the user that QEMU runs as, best without --connect")
        }
    }

    /// Not where the kernel lets realtime threads run for ever: should the main loop be woken from outside in the few
    /// nanoseconds in which the guest's thread sets the clock, it spins until that has done so.
    static var mayGoFirst: Bool {
        let limit = ProcessTable.text("/proc/sys/kernel/sched_rt_runtime_us") ?? ""
        return limit.trimmingCharacters(in: .whitespacesAndNewlines) != "-1"
    }

    private static func process(of domain: String) throws(Failure) -> pid_t {
        guard let process = ProcessTable.emulator(of: domain) else {
            throw Failure(
                said:
                    "no process has the argument guest=\(domain), and one of a guest on another host is not to be found here; "
                    + "leave out --connect")
        }
        return process
    }
}
