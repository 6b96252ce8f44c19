/// How often something failed, and what that says about its failure rate.
package struct FailureRate: Codable, Sendable, Equatable {
    package let failures: Int
    /// The runs that showed whether it fails.
    package let runs: Int
    /// `failures` divided by `runs`; nil without a run.
    package let rate: Double?
    /// Wilson's score interval of 95 %, lower and upper bound; nil without a run.
    package let interval: [Double]?

    package init(failures: Int, of runs: Int) {
        self.failures = failures
        self.runs = runs
        guard runs > 0 else {
            rate = nil
            interval = nil
            return
        }
        // The quantile of the normal distribution for 95 %.
        let z = 1.959964
        let (count, rate) = (Double(runs), Double(failures) / Double(runs))
        let scale = 1 + z * z / count
        let middle = (rate + z * z / (2 * count)) / scale
        let half = z / scale * (rate * (1 - rate) / count + z * z / (4 * count * count)).squareRoot()
        self.rate = rate
        // At both ends the bound is exact, and rounding must not change it.
        interval = [failures == 0 ? 0 : max(0, middle - half), failures == runs ? 1 : min(1, middle + half)]
    }
}
