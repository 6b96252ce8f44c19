import Console
import Evidence
import Judgement
import Testing

@testable import Runs

/// What a failure is searched down to, and what counts as the same failure.
@Suite struct MinimisingTests {
    /// The smallest part that is found if everything from `threshold` on fails, and the number of attempts.
    private func search(_ threshold: Int) -> (least: Int, attempts: Int) {
        var search = LeastSearch(whole: 1000)
        var attempts = 0
        while let next = search.next {
            #expect((1..<1000).contains(next))
            search.saw(fails: next >= threshold)
            attempts += 1
        }
        return (search.least, attempts)
    }

    @Test(arguments: [1, 2, 3, 27, 140, 500, 501, 999, 1000])
    func theLeastIsFoundToAnEighthInFewAttempts(threshold: Int) {
        let (least, attempts) = search(threshold)
        #expect(least >= threshold)
        #expect(least <= threshold + max(threshold / 7, 1))
        #expect(attempts <= 13)
    }

    private let lockup = FindingHeadline(kind: .softLockup, line: 7, text: "BUG: soft lockup")

    @Test func theSameCheckOrTheSameReportIsTheSameFailure() {
        #expect(Minimising.isSame(.fail(reasons: ["not ok 2 a", "exit 1"]), .fail(reasons: ["not ok 2 a"])))
        #expect(!Minimising.isSame(.fail(reasons: ["not ok 2 a"]), .fail(reasons: ["not ok 3 b"])))
        #expect(Minimising.isSame(.hang(reason: "line 7", finding: lockup), .hang(reason: "line 9", finding: lockup)))
        #expect(!Minimising.isSame(.hang(reason: "", finding: lockup), .hang(reason: "", finding: nil)))
        #expect(!Minimising.isSame(.hang(reason: "", finding: lockup), .crash(reason: "", finding: lockup)))
        #expect(!Minimising.isSame(.pass, .pass))
        #expect(!Minimising.isSame(.unproven(reasons: ["a"]), .unproven(reasons: ["a"])))
    }
}
