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

    @Test func thisThreadMayRunSomewhere() {
        #expect(SharedProcessors.allowed().count > 0)
        // Of a thread that there is not nothing is known.
        #expect(SharedProcessors.allowed(to: .max) == [0])
    }
}
