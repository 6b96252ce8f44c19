import CProcess
import Testing

@testable import Machine

@Suite struct SharedProcessorsTests {
    @Test func guestsAreSpreadEvenly() {
        // Which of two is free is chosen at random.
        for _ in 1...32 {
            var processors = SharedProcessors(numbers: [2, 5])
            let first = processors.take(for: "a")
            let second = processors.take(for: "b")
            #expect(Set([first, second]) == [2, 5])
            processors.release("a")
            #expect(processors.take(for: "c") == first)
        }
    }

    @Test func aGuestMoreThanProcessorsSharesOne() {
        var processors = SharedProcessors(numbers: [7])
        #expect(processors.take(for: "a") == 7)
        #expect(processors.take(for: "b") == 7)
    }

    @Test func thisThreadMayRunSomewhere() throws {
        var numbers = [Int32](repeating: -1, count: 1024)
        let count = Int(cprocess_processors(0, &numbers, Int32(numbers.count)))
        try #require(count > 0)
        #expect(SharedProcessors.allowed() == Array(numbers.prefix(count)))
        #expect(numbers.prefix(count).allSatisfy { $0 >= 0 })
        // Of a thread that there is not nothing is known.
        #expect(SharedProcessors.allowed(to: .max) == [0])
    }
}
