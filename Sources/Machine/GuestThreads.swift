import CProcess
import Foundation

/// Sets on which host CPUs the threads of a guest's QEMU run, and with which priority.
///
/// A guest's CPUs wait for each other: for a lock, for the answer to an interrupt. If a busy host runs two of them by
/// turns on one of its CPUs, each such wait lasts until the other's turn: beside four busy processes on two CPUs a
/// guest took fifteen times as long. So no two share a host CPU as long as there are enough.
///
/// The threads also get more weight than other processes, if drydock has the right; if not, it says nothing. They are
/// never realtime, because the host must stay usable if a guest spins for ever.
enum GuestThreads {
    /// About three times the weight of a process with niceness 0.
    static let niceness: Int32 = -5

    /// Sets up the threads of the running QEMU of `domain`, as far as it is allowed.
    static func settle(domain: String) {
        guard let process = ProcessTable.emulator(of: domain) else { return }
        // If sessions get equal shares, whatever the niceness of their processes: libvirt gives QEMU a session of its
        // own.
        try? Data("\(niceness)".utf8).write(to: URL(filePath: "/proc/\(process)/autogroup"))
        for (thread, _) in ProcessTable.threads(of: process) { _ = cprocess_be_nice(thread, niceness) }
        let processors = processors(of: process)
        for (thread, share) in zip(processors, shares(of: SharedProcessors.allowed(to: process), for: processors.count))
        {
            _ = cprocess_use_processors(thread, share, Int32(share.count))
        }
    }

    /// The threads of a QEMU that execute the guest, in the order of the guest's CPUs.
    static func processors(of process: pid_t) -> [pid_t] {
        ProcessTable.threads(of: process).filter { isProcessor($0.name) }
            .sorted { number($0.name) < number($1.name) }.map(\.identifier)
    }

    private static func number(_ name: String) -> Int { Int(name.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0 }

    /// Whether it is `CPU 0/TCG`, `CPU 1/KVM`, or `ALL CPUs/TCG` if they take turns.
    static func isProcessor(_ name: String) -> Bool {
        name == ThreadOrder.guestThread || name.wholeMatch(of: /CPU \d+\/(TCG|KVM)/) != nil
    }

    /// The host CPUs in as many parts as there are threads; the parts do not overlap as long as there are enough CPUs.
    static func shares(of numbers: [Int32], for threads: Int) -> [[Int32]] {
        let parts = min(threads, numbers.count)
        return (0..<threads).map { thread in
            numbers.enumerated().filter { $0.offset % parts == thread % parts }.map(\.element)
        }
    }
}

/// The host CPUs, and the guests that were given one of them each.
struct SharedProcessors {
    private let numbers: [Int32]
    private var guests: [String: Int32] = [:]

    /// - Parameter numbers: the CPUs that may be used; at least one.
    init(numbers: [Int32] = Self.allowed()) {
        precondition(!numbers.isEmpty, "a host without a processor")
        self.numbers = numbers
    }

    /// A CPU with the fewest guests; a random one of these, because other drydocks choose too.
    mutating func take(for guest: String) -> Int32 {
        let load = Dictionary(grouping: guests.values) { $0 }.mapValues(\.count)
        let least = numbers.map { load[$0] ?? 0 }.min()
        let chosen = numbers.filter { (load[$0] ?? 0) == least }.randomElement() ?? numbers[0]
        guests[guest] = chosen
        return chosen
    }

    mutating func release(_ guest: String) { guests[guest] = nil }

    /// The CPUs on which a thread may run (0: this thread); CPU 0 if the system does not say.
    static func allowed(to thread: Int32 = 0) -> [Int32] {
        var numbers = [Int32](repeating: 0, count: 1024)
        let count = Int(cprocess_processors(thread, &numbers, Int32(numbers.count)))
        return count > 0 ? Array(numbers.prefix(count)) : [0]
    }
}
