import Testing

@testable import Runs

struct GuestCountTests {
    @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 2), (8, 4), (64, 32)]) func halfOfTheProcessors(cpus: Int, most: Int)
    {
        #expect(GuestCount.most(memory: 256, cpus: cpus, available: 1 << 20) == most)
    }

    @Test(arguments: [(1, 2), (2, 4), (64, 128)]) func twoForEachProcessorWhereTheyMostlyWait(cpus: Int, most: Int) {
        #expect(GuestCount.most(memory: 256, perProcessor: 2, cpus: cpus, available: 1 << 20) == most)
        #expect(GuestCount.most(memory: 256, perProcessor: 2, cpus: cpus, available: 1024 + 448) == 1)
    }

    @Test func asFarAsTheMemoryGoesAndOneInAnyCase() {
        #expect(GuestCount.most(memory: 256, cpus: 64, available: 1024 + 3 * 448) == 3)
        #expect(GuestCount.most(memory: 256, cpus: 64, available: 512) == 1)
        #expect(GuestCount.most(memory: 256, cpus: 64, available: nil) == 1)
    }
}
