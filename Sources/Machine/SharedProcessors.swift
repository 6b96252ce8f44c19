/// The host's processors, and the guests that were given one of them each.
struct SharedProcessors {
    private let numbers: [Int]
    private var guests: [String: Int] = [:]

    /// - Parameter numbers: those that may be used.
    init(numbers: [Int] = Self.allowed()) { self.numbers = numbers }

    /// One that has the fewest guests; any of these, for other drydocks choose too.
    /// - Returns: nil where no processor is known.
    mutating func take(for guest: String) -> Int? {
        let load = Dictionary(grouping: guests.values) { $0 }.mapValues(\.count)
        let least = numbers.map { load[$0] ?? 0 }.min()
        let chosen = numbers.filter { (load[$0] ?? 0) == least }.randomElement()
        guests[guest] = chosen
        return chosen
    }

    mutating func release(_ guest: String) { guests[guest] = nil }

    /// Those this process may run on.
    private static func allowed() -> [Int] {
        let status = ProcessTable.text("/proc/self/status") ?? ""
        return status.firstMatch(of: /Cpus_allowed_list:\s+(\S+)/).map { numbers(String($0.1)) } ?? []
    }

    /// The numbers of a list as the kernel writes it: `0-3,8`.
    static func numbers(_ list: String) -> [Int] {
        list.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }
}
