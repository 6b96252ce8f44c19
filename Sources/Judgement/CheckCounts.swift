/// The results of a workload's checks, counted.
package struct CheckCounts: Codable, Sendable, Equatable {
    package let passed: Int
    package let failed: Int
    package let skipped: Int

    package init(passed: Int = 0, failed: Int = 0, skipped: Int = 0) {
        self.passed = passed
        self.failed = failed
        self.skipped = skipped
    }
}
