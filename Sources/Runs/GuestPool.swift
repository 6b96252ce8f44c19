import Foundation

/// Runs several guests at once and reads their results in batches, so that an error that ends a test early does not lose
/// the results so far.
struct GuestPool<Guest: Sendable> {
    /// How many disks are worth one launch of the appliance.
    static var batch: Int { 16 }

    private enum Ended: Sendable {
        case guests([Guest])
        case reading((any Error)?)
    }

    private var group: ThrowingTaskGroup<Ended, any Error>
    private let most: Int
    private let readsMeanwhile: Bool
    private let read: @Sendable ([Guest]) async throws -> Void
    private var running = 0
    private var isReading = false
    /// Those that have ended.
    private var unread: [Guest] = []

    /// Runs the guests that `body` adds, and returns when all have ended and been read.
    /// - Parameters:
    ///   - most: how many jobs may run at once.
    ///   - readsMeanwhile: whether guests run while the results of others are read.
    ///   - read: called for one batch at a time.
    static func run(
        atMost most: Int, readsMeanwhile: Bool = true, read: @escaping @Sendable ([Guest]) async throws -> Void,
        _ body: (inout GuestPool) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Ended.self) { group in
            var pool = GuestPool(group: group, most: most, readsMeanwhile: readsMeanwhile, read: read)
            do {
                try await body(&pool)
                try await pool.finish()
            } catch {
                // If one guest failed, the results of the others are still read; an interruption does not wait for
                // that.
                if !Task.isCancelled { await pool.readRest() }
                throw error
            }
        }
    }

    private init(
        group: ThrowingTaskGroup<Ended, any Error>, most: Int, readsMeanwhile: Bool,
        read: @escaping @Sendable ([Guest]) async throws -> Void
    ) {
        self.readsMeanwhile = readsMeanwhile
        self.group = group
        self.most = most
        self.read = read
    }

    /// Waits until fewer than `most` jobs run, then starts this one.
    /// - Parameters:
    ///   - guests: those that the job boots and leaves to be read.
    ///   - job: returns when they have ended.
    mutating func add(_ guests: [Guest], _ job: @escaping @Sendable () async throws -> Void) async throws {
        while running >= most || (isReading && !readsMeanwhile) { try await takeNext() }
        running += 1
        group.addTask {
            try await job()
            return .guests(guests)
        }
    }

    private mutating func finish() async throws {
        while running > 0 { try await takeNext() }
        while isReading || !unread.isEmpty {
            readUnread()
            try await takeNext()
        }
    }

    /// Reads the results even if guests that still run fail.
    private mutating func readRest() async {
        while isReading { try? await takeNext() }
        try? await read(unread)
    }

    private mutating func takeNext() async throws {
        switch try await group.next() {
        case .guests(let guests):
            running -= 1
            unread += guests
        case .reading(let error):
            isReading = false
            if let error { throw error }
        case nil: break
        }
        if unread.count >= Self.batch { readUnread() }
    }

    private mutating func readUnread() {
        guard !isReading, !unread.isEmpty else { return }
        let (read, guests) = (read, unread)
        unread = []
        isReading = true
        group.addTask {
            do {
                try await read(guests)
                return .reading(nil)
            } catch {
                return .reading(error)
            }
        }
    }
}

/// How many guests this host can run at once.
enum GuestCount {
    /// What QEMU needs beyond the guest's own memory, and what is left for the host; in MiB.
    private static let overhead = 192
    private static let reserve = 1024

    /// The number of guests; under TCG a guest with two CPUs keeps two of the host's busy, and builds that run
    /// meanwhile need some too.
    /// - Parameters:
    ///   - memory: of each guest, in MiB.
    ///   - perProcessor: how many guests each host CPU takes; one half if the guests are busy.
    static func most(
        memory: Int, perProcessor: Double = 0.5, cpus: Int = ProcessInfo.processInfo.activeProcessorCount,
        available: Int? = availableMemory
    ) -> Int {
        let byMemory = available.map { ($0 - reserve) / (memory + overhead) } ?? 1
        return max(1, min(Int((Double(cpus) * perProcessor).rounded(.up)), byMemory))
    }

    /// `MemAvailable`, in MiB; nil if the system does not say.
    private static var availableMemory: Int? {
        let text = try? String(contentsOf: URL(filePath: "/proc/meminfo"), encoding: .utf8)
        return text?.firstMatch(of: /MemAvailable:\s+(\d+) kB/).flatMap { Int($0.1) }.map { $0 / 1024 }
    }
}
