import Evidence
import Runs
import Synchronization
import Testing

@Suite struct StageLogTests {
    struct Refused: Error {}

    /// What the watchers were told, in order.
    final class Watcher: Sendable {
        private let seen = Mutex<[StageEvent]>([])

        var events: [StageEvent] { seen.withLock { $0 } }

        func log() -> StageLog { StageLog { event in self.seen.withLock { $0.append(event) } } }
    }

    let watcher = Watcher()

    /// The seconds of an event, which no test may assume.
    static func seconds(_ event: StageEvent?) -> Double? {
        switch event?.kind {
        case .ended(_, let seconds, _), .failed(let seconds): seconds
        case .began, .now, nil: nil
        }
    }

    @Test func aStageIsToldFromItsBeginToItsEnd() async throws {
        let value = try await watcher.log().run(.build, .base) { now in
            now("CC mm/mmap.o")
            now("LD vmlinux")
            return (7, .init(summary: "2 files"))
        }
        #expect(value == 7)
        let seconds = try #require(Self.seconds(watcher.events.last))
        #expect(seconds >= 0)
        let kinds: [StageEvent.Kind] = [
            .began, .now("CC mm/mmap.o"), .now("LD vmlinux"),
            .ended(summary: "2 files", seconds: seconds, reused: false),
        ]
        #expect(watcher.events.map(\.kind) == kinds)
        #expect(watcher.events.allSatisfy { $0.stage == .build && $0.guest == .base })
    }

    @Test func aFailedStageIsToldAndItsErrorGoesOn() async throws {
        let log = watcher.log()
        await #expect(throws: Refused.self) {
            try await log.run(.series) { now -> (Int, StageLog.Ended) in
                now("one.patch")
                throw Refused()
            }
        }
        let seconds = try #require(Self.seconds(watcher.events.last))
        let kinds: [StageEvent.Kind] = [.began, .now("one.patch"), .failed(seconds: seconds)]
        #expect(watcher.events.map(\.kind) == kinds)
        #expect(watcher.events.allSatisfy { $0.stage == .series && $0.guest == nil })
        #expect(log.timings.isEmpty)
    }

    @Test func aReusedStageIsSaidToBe() async throws {
        let log = watcher.log()
        try await log.run(.image, .patched) { _ in ((), .init(summary: "as it was", reused: true)) }
        try await log.run(.disk) { _ in ((), .init(summary: "made")) }
        #expect(log.timings.map(\.reused) == [true, false])
        let told = watcher.events.compactMap { event -> Bool? in
            if case .ended(_, _, let reused) = event.kind { reused } else { nil }
        }
        #expect(told == [true, false])
    }

    @Test func theTimingsAreThoseOfTheStagesThatEndedInThatOrder() async throws {
        let log = watcher.log()
        try await log.run(.source) { _ in ((), .init(summary: "found")) }
        try? await log.run(.series) { _ -> (Void, StageLog.Ended) in throw Refused() }
        try await log.run(.boot, .patched) { _ in ((), .init(summary: "done", guestSeconds: 2.5)) }
        #expect(log.timings.map(\.stage) == [.source, .boot])
        #expect(log.timings.map(\.subject) == [nil, .patched])
        #expect(log.timings.map(\.guestSeconds) == [0, 2.5])
        let ended = watcher.events.filter { if case .ended = $0.kind { true } else { false } }
        // The watcher and timings.json are told the same.
        #expect(log.timings.map(\.seconds) == ended.compactMap(Self.seconds))
    }

    @Test func aStageInsideAnotherEndsFirst() async throws {
        let log = watcher.log()
        try await log.run(.build, .patched) { _ in
            try await log.run(.build, .base) { _ in ((), .init(summary: "base")) }
            return ((), .init(summary: "patched"))
        }
        #expect(log.timings.map(\.subject) == [.base, .patched])
        #expect(watcher.events.map(\.guest) == [.patched, .base, .base, .patched])
        #expect(log.timings[1].seconds >= log.timings[0].seconds)
    }

    @Test func stagesAtTheSameTimeAreAllRemembered() async throws {
        let log = watcher.log()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for stage in Stage.allCases {
                group.addTask { try await log.run(stage) { _ in ((), .init(summary: "")) } }
            }
            try await group.waitForAll()
        }
        #expect(Set(log.timings.map(\.stage)) == Set(Stage.allCases))
        #expect(log.timings.count == Stage.allCases.count)
        // Whatever else happened meanwhile, each stage began before it ended.
        for stage in Stage.allCases {
            #expect(watcher.events.filter { $0.stage == stage }.first?.kind == .began)
        }
    }
}
