extension [String] {
    /// Each text once, in the order of its first occurrence; empty ones are left out.
    var uniqued: [String] { filter { !$0.isEmpty }.eachOnce }
}

extension Array where Element: Equatable {
    /// Each element once, in the order of its first occurrence.
    package var eachOnce: [Element] {
        reduce(into: []) { kept, element in if !kept.contains(element) { kept.append(element) } }
    }
}
