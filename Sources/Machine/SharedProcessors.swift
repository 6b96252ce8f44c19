import CProcess

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
