/// A test could not be completed, for a reason that concerns several stages.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
    case noCheckout(searched: [String])
    /// The base can be judged but the series does not apply or build: that is a verdict, not a failure to judge.
    case seriesFailed(reason: String)
    /// The tree already has what the series brings, as the file `provided` shows.
    case noPatchedKernel(version: String, provided: String)
    case noMutantForTree(version: String, folder: String)
    case noRace(mutants: [String])

    package var description: String {
        switch self {
        case .noCheckout(let searched):
            "cannot find drydock's checkout (kernel-patches/ and images/workloads/) at or above "
                + "\(searched.joined(separator: ", ")); give --root"
        case .seriesFailed(let reason): reason
        case .noPatchedKernel(let version, let provided):
            "cannot test mutants on Linux \(version): mutants change the patched kernel, and this tree "
                + "is tested as it is, because it already has \(provided); give a tree without it"
        case .noMutantForTree(let version, let folder):
            "cannot test mutants on Linux \(version): all mutants of \(folder) that you asked for are for other trees"
        case .noRace(let mutants):
            "cannot search seeds for \(mutants.joined(separator: ", ")): no workload that Killed-by names is a race, "
                + "so one run is enough; leave out --deterministic"
        }
    }
}
