/// The locks that a report of lockdep is about.
///
/// Two reports in one function may be about different locks, and are then about different trouble.
package struct LockReport {
    private static let mostLocks = 2

    /// The first two, without their state: `&mm->mmap_lock`.
    package let locks: [String]

    /// - Parameter excerpt: the lines of the report.
    package init(_ excerpt: [String]) {
        locks = Array(excerpt.lazy.compactMap(Self.lock).prefix(Self.mostLocks))
    }

    /// `(&mm->mmap_sem){++++}, at: name+0x1a/0x30`, or `(&mm->mmap_sem) at:`; the name may have parentheses.
    private static func lock(_ line: String) -> String? {
        guard let start = line.firstIndex(of: "(") else { return nil }
        let rest = line[line.index(after: start)...]
        let end = ["){", ") at:"].lazy.compactMap { rest.firstRange(of: $0)?.lowerBound }.first
        return end.map { String(rest[..<$0]) }
    }
}
