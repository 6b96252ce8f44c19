import Evidence
import Runs
import Testing

/// What a line that changes in place shows while several stages run.
@Suite struct StagesUnderWayTests {
    private let time = ContinuousClock.now

    /// The line after these events: what it is about, and what that does.
    private func line(_ events: [(String, StageEvent.Kind)]) -> String? {
        var stages = StagesUnderWay()
        for (index, (mutant, kind)) in events.enumerated() {
            let event = StageEvent(stage: .boot, guest: GuestName(.mutant(name: mutant)), kind: kind)
            stages.take(event, at: time + .seconds(index))
        }
        return stages.latest.map { "\($0.name): \($0.now), \(($0.began - time).components.seconds)" }
    }

    private static let ended = StageEvent.Kind.ended(summary: "", seconds: 1, reused: false)

    @Test func whatAStageSaysStandsInItsOwnLine() {
        #expect(line([("a", .began), ("b", .began), ("a", .now("1/2 w"))]) == "boot mutant a: 1/2 w, 0")
        #expect(line([("a", .began), ("b", .began)]) == "boot mutant b: , 1")
    }

    @Test(arguments: [ended, .failed(seconds: 1)]) func whereOneEndsTheOthersShowOn(_ end: StageEvent.Kind) {
        let events: [(String, StageEvent.Kind)] = [
            ("a", .began), ("b", .began), ("b", .now("init")), ("a", .now("booting")), ("a", end),
        ]
        #expect(line(events) == "boot mutant b: init, 1")
        #expect(line(events + [("b", end)]) == nil)
    }

    @Test func whoNeverBeganShowsNothing() {
        #expect(line([("a", .now("late"))]) == nil)
        #expect(line([("a", .began), ("b", Self.ended)]) == "boot mutant a: , 0")
    }

    @Test func aNameSaysWhichWorkloadHasTheGuestToItself() {
        let event = StageEvent(stage: .boot, guest: GuestName(.patched, alone: "lone"), kind: .began)
        #expect(event.name == "boot patched lone")
        #expect(StageEvent(stage: .results, guest: nil, kind: .began).name == "results")
    }
}
