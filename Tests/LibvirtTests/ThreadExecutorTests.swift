import Foundation
import Libvirt
import Testing

@Suite struct ThreadExecutorTests {
    private actor Pinned {
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private let executor = ThreadExecutor(name: "pinned")
        private(set) var threads: Set<String> = []
        private(set) var order: [Int] = []

        func note(_ number: Int) {
            threads.insert("\(pthread_self())")
            order.append(number)
        }
    }

    @Test func everyJobRunsOnTheOneThread() async {
        let pinned = Pinned()
        for number in 0..<50 {
            await pinned.note(number)
            await Task.yield()
        }
        #expect(await pinned.threads.count == 1)
        #expect(await pinned.order == Array(0..<50))
        #expect(await !pinned.threads.contains("\(pthread_self())"))
    }

    @Test func aBlockedThreadDoesNotHoldUpOthers() async {
        let pinned = Pinned()
        async let slow: Void = { @Sendable in await pinned.note(0) }()
        let other = Pinned()
        await other.note(1)
        await slow
        #expect(await other.order == [1])
    }
}
