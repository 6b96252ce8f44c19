import Testing

@testable import Machine

@Suite struct SharedProcessorsTests {
    @Test func listsAreWrittenAsTheKernelDoes() {
        #expect(SharedProcessors.numbers("0") == [0])
        #expect(SharedProcessors.numbers("0-3,8") == [0, 1, 2, 3, 8])
        #expect(SharedProcessors.numbers("") == [])
        #expect(SharedProcessors.numbers("3-0,x") == [])
    }

    @Test func guestsAreSpreadEvenly() {
        var processors = SharedProcessors(numbers: [2, 5])
        let first = processors.take(for: "a")
        let second = processors.take(for: "b")
        #expect(Set([first, second]) == [2, 5])
        #expect(processors.take(for: "c") != nil)
        processors.release("a")
        processors.release("c")
        #expect(processors.take(for: "d") == first)
    }

    @Test func ofNoneThereIsNoneToGive() {
        var processors = SharedProcessors(numbers: [])
        #expect(processors.take(for: "a") == nil)
    }

    @Test func thisProcessMayRunSomewhere() {
        var processors = SharedProcessors()
        #expect(processors.take(for: "a") != nil)
    }
}
