import Console
import Foundation
import Judgement
import Testing

@Suite("Status files")
struct StatusFileTests {
    @Test(
        "endings",
        arguments: [
            ("ended=exit\ncode=0\nmilliseconds=12\n", WorkloadEnding.exit(code: 0)),
            ("milliseconds=12\r\ncode=7\r\nended=exit\r\n", .exit(code: 7)),
            ("ended=signal\ncode=11\n", .signal(number: 11)),
            ("ended=timeout\ncode=9\n", .timeout),
            ("ended=cannot-start\n", .cannotStart),
        ])
    func ending(text: String, expected: WorkloadEnding) {
        #expect(WorkloadStatus(Data(text.utf8))?.ended == expected)
    }

    @Test(
        "an unclear file says why",
        arguments: [
            ("ended=exit\n", "no `code`"), ("code=0\n", "no `ended`"), ("garbage", "no `ended`"),
            ("ended=exploded\ncode=0\n", "ended=exploded"), ("ended=exit\ncode=0\ncode=1\n", "`code` twice"),
        ])
    func unclear(text: String, expected: String) {
        guard case .unclear(let problem) = WorkloadStatus(Data(text.utf8))?.ended else {
            Issue.record("not unclear: \(text)")
            return
        }
        #expect(problem.contains(expected))
    }

    @Test("a file that a crash left empty counts as missing")
    func empty() {
        #expect(WorkloadStatus(Data()) == nil)
        #expect(WorkloadStatus(Data(count: 64)) == nil)
        #expect(InitStatus(Data("\n".utf8)) == nil)
    }

    @Test("the end of the plan")
    func initStatus() {
        #expect(InitStatus(Data("plan=complete\nworkloads=2\n".utf8))?.isComplete == true)
        #expect(InitStatus(Data("plan=complete\nworkloads=2\n".utf8))?.workloads == 2)
        #expect(InitStatus(Data("workloads=2\n".utf8))?.isComplete == false)
    }
}
