import CProcess
import Foundation

/// Where and how much a host runs the threads of a guest's QEMU.
///
/// The processors of a guest wait for each other: for a lock, for the answer to an interrupt. Where a busy host runs two of
/// them on one of its own, by turns, each such wait lasts until the other's turn: a guest was seen to take fifteen times as
/// long beside four busy processes on two processors. So no two share one while there are enough.
///
/// Its threads also get more weight than what else runs, where drydock has the right; where it has not, nothing is said.
/// They are never realtime: a guest that spins for ever must leave its host usable.
enum GuestThreads {
    /// About three times the weight of a process that nobody has made nice.
    static let niceness: Int32 = -5

    /// Settles the threads of the running QEMU of `domain`, as far as that is allowed.
    static func settle(domain: String) {
        guard let process = ProcessTable.emulator(of: domain) else { return }
        // Where sessions get equal shares, whatever the niceness of their processes: libvirt gives QEMU one of its own.
        try? Data("\(niceness)".utf8).write(to: URL(filePath: "/proc/\(process)/autogroup"))
        for (thread, _) in ProcessTable.threads(of: process) { _ = cprocess_be_nice(thread, niceness) }
        let processors = processors(of: process)
        for (thread, share) in zip(processors, shares(of: SharedProcessors.allowed(to: process), for: processors.count))
        {
            _ = cprocess_use_processors(thread, share, Int32(share.count))
        }
    }

    /// The threads of a QEMU that execute the guest, in the order of the guest's processors.
    static func processors(of process: pid_t) -> [pid_t] {
        ProcessTable.threads(of: process).filter { isProcessor($0.name) }
            .sorted { number($0.name) < number($1.name) }.map(\.identifier)
    }

    private static func number(_ name: String) -> Int { Int(name.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0 }

    /// `CPU 0/TCG`, `CPU 1/KVM`, or `ALL CPUs/TCG` where they take turns.
    static func isProcessor(_ name: String) -> Bool {
        name == ThreadOrder.guestThread || name.wholeMatch(of: /CPU \d+\/(TCG|KVM)/) != nil
    }

    /// The host's processors in as many parts as there are threads, no two of which overlap while there are enough.
    static func shares(of numbers: [Int32], for threads: Int) -> [[Int32]] {
        let parts = min(threads, numbers.count)
        return (0..<threads).map { thread in
            numbers.enumerated().filter { $0.offset % parts == thread % parts }.map(\.element)
        }
    }
}
