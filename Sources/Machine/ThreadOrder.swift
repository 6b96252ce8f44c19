import CPrctl
import Foundation

/// Which of a QEMU's threads goes first.
///
/// A QEMU whose clock counts instructions executes all processors of the guest on one thread. Its main loop is another: it
/// moves the clock on where all of them wait, and it too runs what is due, whenever it happens to wake. Where both run at
/// once, a timer that becomes due within those microseconds ends the processors' turn here or there. On one processor of the
/// host, with the guest's thread giving way at once to whoever wakes, the main loop is always through before the guest's next
/// instruction.
enum ThreadOrder {
    /// What QEMU calls the thread, where libvirt has it name them.
    static let processorsThread = "ALL CPUs/TCG"

    struct Failure: Error { let said: String }

    /// Makes the guest's thread give way, in the paused QEMU of a domain all of whose threads share a processor.
    static func establish(forDomain name: String) throws(Failure) {
        let word = "guest=\(name),"
        let process = ProcessTable.all().first { process in
            ProcessTable.arguments(of: process).contains { $0.hasPrefix(word) }
        }
        guard let process else { throw Failure(said: "no process has the argument \(word)") }
        let threads = ProcessTable.threads(of: process)
        guard let thread = threads.first(where: { $0.name == processorsThread }) else {
            let names = threads.map(\.name).sorted().joined(separator: ", ")
            throw Failure(said: "process \(process) has no thread \(processorsThread), it has: \(names)")
        }
        guard cprctl_give_way(thread.identifier) == 0 else {
            let said = String(cString: strerror(errno))
            throw Failure(said: "thread \(thread.identifier) of process \(process) cannot give way: \(said)")
        }
    }
}
