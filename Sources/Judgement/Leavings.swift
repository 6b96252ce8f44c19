import Evidence

/// What a kernel held before and after a workload, or before and after all of them, as init counted it.
package struct Leavings: Sendable, Equatable {
    /// The number of objects in one cache of the kernel.
    struct Held: Sendable, Equatable {
        let before: Int
        let after: Int
        /// Bytes of one object.
        let size: Int

        var growth: Int { after - before }
    }

    /// By the cache's name; a cache that init does not name has not changed.
    private let caches: [String: Held]

    /// Nil if init did not count: in runs that are older than this, and if a process could not be killed.
    init?(_ file: KeyValueFile) {
        let prefix = "cache."
        guard file.values["counted"] != nil else { return nil }
        caches = file.values.filter { $0.key.hasPrefix(prefix) }.reduce(into: [:]) { caches, line in
            let numbers = line.value.split(separator: " ").map { Int($0) }
            guard numbers.count == 3, let before = numbers[0], let after = numbers[1], let size = numbers[2],
                [before, after, size].allSatisfy({ (0...Self.mostOfAnything).contains($0) })
            else { return }
            caches[String(line.key.dropFirst(prefix.count))] = Held(before: before, after: after, size: size)
        }
    }

    /// More than fits into the memory of any guest, and little enough to be multiplied.
    private static let mostOfAnything = 1 << 30

    /// What grew by more than correct kernels were seen to grow, by name.
    package var leaks: [Leak] {
        caches.sorted { $0.key < $1.key }.compactMap { name, held in
            guard held.growth > Self.mostNoise(of: name) else { return nil }
            return Leak(cache: name, count: held.growth, bytes: held.growth * held.size)
        }
    }

    /// Whether it shows that leak too, though perhaps a little less of it.
    func shows(_ leak: Leak) -> Bool { (caches[leak.cache]?.growth ?? 0) * 2 >= leak.count }

    /// The most objects by which a cache may grow; `docs/verdict.md` says how that was measured.
    private static func mostNoise(of cache: String) -> Int {
        ["kmalloc-", "size-"].contains(where: cache.hasPrefix) ? 128 : 32
    }
}

/// Objects of the kernel that were left behind, though every process that they can have belonged to is dead.
package struct Leak: Codable, Sendable, Equatable {
    /// Always `leak`.
    package let kind: FindingKind
    /// The kernel's name for the kind of object, from `/proc/slabinfo`.
    package let cache: String
    package let count: Int
    /// Of all of them.
    package let bytes: Int

    package init(cache: String, count: Int, bytes: Int) {
        kind = .leak
        self.cache = cache
        self.count = count
        self.bytes = bytes
    }

    /// `leak of 400 objects of mm_struct, 375 KiB`.
    package var words: String { "\(kind.words) of \(count) objects of \(cache), \((bytes + 1023) >> 10) KiB" }
}
