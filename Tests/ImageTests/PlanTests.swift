import Evidence
import Image
import Testing

@Suite struct PlanTests {
    private func plan(_ workloads: [PlannedWorkload]) -> BootPlan {
        BootPlan(target: "t", guest: .base, workloads: workloads)
    }

    @Test func aLineHoldsNameLimitSeedAndArguments() throws {
        let text = try GuestImage.guestPlan(
            plan([
                PlannedWorkload(name: "cut", timeoutSeconds: 7, seed: 42, arguments: ["--pages", "64"]),
                PlannedWorkload(name: "register"),
            ]))
        #expect(text == "cut 7 42 --pages 64\nregister 30 1\n")
    }

    @Test(arguments: ["two words", "", "line\nbreak", "tab\t"])
    func aWordThatWouldBreakTheLineIsRefused(word: String) {
        #expect(throws: ImageError.unprintablePlan(workload: "cut", word: word)) {
            try GuestImage.guestPlan(plan([PlannedWorkload(name: "cut", arguments: [word])]))
        }
    }
}
