import CProcess
import Foundation

/// Which of a QEMU's threads goes first.
///
/// A QEMU whose clock counts instructions executes all CPUs of the guest on one thread. Its main loop is another
/// thread: it advances the clock if all CPUs wait, and it too runs what is due, whenever it happens to wake. If both
/// ran at once, a timer that becomes due within those microseconds would end the CPUs' turn here or there. So both
/// share one host CPU, on which the main loop goes first: it is done before the guest's next instruction.
enum ThreadOrder {
    /// QEMU's name for the guest's thread, if libvirt has told it to name its threads.
    static let guestThread = "ALL CPUs/TCG"

    struct Failure: Error { let said: String }

    /// Lets the main loop of a domain's paused QEMU go first; all its threads must share a host CPU.
    ///
    /// If drydock has the right, the main loop becomes a realtime thread. Otherwise the guest's thread gives way to it,
    /// and to everything else on that CPU in its control group, so that such a guest is slow beside other work.
    /// - Parameter mayGoFirst: whether to try a realtime thread.
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
                    + "run drydock as the user that runs QEMU, best without --connect")
        }
    }

    /// False if the kernel lets realtime threads run for ever: if the main loop is woken from outside in the few
    /// nanoseconds in which the guest's thread sets the clock, it spins until that is done.
    static var mayGoFirst: Bool {
        let limit = ProcessTable.text("/proc/sys/kernel/sched_rt_runtime_us") ?? ""
        return limit.trimmingCharacters(in: .whitespacesAndNewlines) != "-1"
    }

    private static func process(of domain: String) throws(Failure) -> pid_t {
        guard let process = ProcessTable.emulator(of: domain) else {
            throw Failure(
                said:
                    "no process has the argument guest=\(domain), and a guest on another host cannot "
                    + "be ordered from here; leave out --connect")
        }
        return process
    }
}
