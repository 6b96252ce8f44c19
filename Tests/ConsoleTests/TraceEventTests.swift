import Console
import Testing

@Suite struct TraceEventTests {
    @Test func aLineHasATimeAndAnOrder() throws {
        let page = try #require(TraceEvent("1200034567 1 3 page 7f2a0c000000 7f2a0c001000"))
        #expect(page.nanoseconds == 1_200_034_567)
        #expect(page.order == "1 3 page")
        #expect(!page.takesAllLocks)
    }

    /// How far the others were is in the address of such an event.
    @Test func aTakeOfAllLocksIsToldWithItsFirstArgument() throws {
        let take = try #require(TraceEvent("5 0 1 take 12 0"))
        #expect(take.order == "0 1 take 12")
        #expect(take.takesAllLocks)
        #expect(try #require(TraceEvent("5 0 1 register 12 0")).takesAllLocks)
    }

    @Test(arguments: ["# begin lock-order", "", "12000", "garbage 1 2 take"])
    func anythingElseIsNone(_ line: String) { #expect(TraceEvent(line) == nil) }

    @Test func aLineThatTheGuestsEndCutIsStillOne() throws {
        let cut = try #require(TraceEvent("5 0"))
        #expect(cut.order == "0")
        #expect(!cut.takesAllLocks)
    }
}
