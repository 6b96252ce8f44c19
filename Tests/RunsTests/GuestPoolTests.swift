import Synchronization
import Testing

@testable import Runs

/// When the guests of a test run, and when what they left is read.
@Suite struct GuestPoolTests {
    private struct Broken: Error {}

    /// What happened, in order.
    private final class Record: Sendable {
        private let state = Mutex((running: Set<Int>(), most: 0, booted: [Int](), read: [[Int]](), reading: 0))

        var most: Int { state.withLock { $0.most } }
        var booted: [Int] { state.withLock { $0.booted } }
        var read: [[Int]] { state.withLock { $0.read } }

        /// A guest that ends after others had their turn.
        func boot(_ guest: Int) async throws {
            state.withLock {
                $0.running.insert(guest)
                $0.most = max($0.most, $0.running.count)
            }
            for _ in 0..<10 { await Task.yield() }
            state.withLock {
                $0.running.remove(guest)
                $0.booted.append(guest)
            }
        }

        func read(_ guests: [Int]) async throws {
            state.withLock {
                $0.reading += 1
                #expect($0.reading == 1)
                #expect(guests.allSatisfy($0.booted.contains))
            }
            await Task.yield()
            state.withLock {
                $0.reading -= 1
                $0.read.append(guests)
            }
        }
    }

    private let record = Record()

    private func run(_ count: Int, atMost most: Int) async throws {
        let record = record
        try await GuestPool.run(atMost: most, read: record.read) { pool in
            for guest in 0..<count { try await pool.add([guest]) { try await record.boot(guest) } }
        }
    }

    @Test(arguments: [(0, 1), (1, 1), (15, 1), (16, 1), (40, 1), (40, 3), (100, 40)])
    func everyGuestIsReadOnce(count: Int, most: Int) async throws {
        try await run(count, atMost: most)
        #expect(record.booted.sorted() == Array(0..<count))
        #expect(record.read.flatMap(\.self).sorted() == Array(0..<count))
        #expect(record.read.allSatisfy { !$0.isEmpty })
        #expect(record.most <= most)
    }

    @Test func aBatchIsReadWhileOthersRun() async throws {
        let record = record
        try await GuestPool.run(atMost: 1, read: record.read) { pool in
            for guest in 0..<20 { try await pool.add([guest]) { try await record.boot(guest) } }
            for _ in 0..<1_000_000 where record.read.isEmpty { await Task.yield() }
            #expect(record.read == [Array(0..<GuestPool<Int>.batch)])
        }
        #expect(record.read.count == 2)
    }

    @Test func noGuestRunsWhileOthersAreReadIfTheyNeedTheHostToThemselves() async throws {
        let record = record
        @Sendable func read(_ guests: [Int]) async throws {
            let booted = record.booted
            for _ in 0..<100 { await Task.yield() }
            #expect(record.booted == booted)
            try await record.read(guests)
        }
        try await GuestPool.run(atMost: 1, readsMeanwhile: false, read: read) { pool in
            for guest in 0..<20 { try await pool.add([guest]) { try await record.boot(guest) } }
        }
        #expect(record.read.map(\.count) == [GuestPool<Int>.batch, 20 - GuestPool<Int>.batch])
    }

    @Test func whatBreaksOneGuestKeepsNobodyFromWhatTheOthersLeft() async throws {
        let record = record
        await #expect(throws: Broken.self) {
            try await GuestPool.run(atMost: 1, read: record.read) { pool in
                for guest in 0..<5 { try await pool.add([guest]) { try await record.boot(guest) } }
                try await pool.add([5]) { throw Broken() }
            }
        }
        #expect(record.read == [[0, 1, 2, 3, 4]])
    }

    @Test func whatCannotBeReadEndsTheTest() async {
        @Sendable func refuse(_ guests: [Int]) async throws { throw Broken() }
        await #expect(throws: Broken.self) {
            try await GuestPool.run(atMost: 2, read: refuse) { pool in
                for guest in 0..<100 { try await pool.add([guest]) { try await record.boot(guest) } }
            }
        }
    }

    @Test func whoInterruptsKeepsTheBatchesThatWereRead() async throws {
        let record = record
        let test = Task {
            try await GuestPool.run(atMost: 1, read: record.read) { pool in
                for guest in 0..<40 { try await pool.add([guest]) { try await record.boot(guest) } }
                try await pool.add([40]) { try await Task.sleep(for: .seconds(3600)) }
            }
        }
        for _ in 0..<1_000_000 where record.read.flatMap(\.self).count < 32 { await Task.yield() }
        test.cancel()
        await #expect(throws: CancellationError.self) { try await test.value }
        #expect(record.read.count == 2)
    }
}
