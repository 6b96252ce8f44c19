/// A test could not be carried through, for a reason that no single stage knows.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
    case noCheckout(searched: [String])
    /// The base can be judged and the series cannot stand on it: a verdict of its own, not a failure to judge.
    case seriesFailed(reason: String)
    /// The tree has what the series brings already, as the file `provided` shows.
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
            "cannot test mutants on Linux \(version): they are changes to the kernel that our series makes, and this tree "
                + "is tested as it is, because it has \(provided) already; give a tree without it"
        case .noMutantForTree(let version, let folder):
            "cannot test mutants on Linux \(version): all in \(folder) that were asked for are marked for other trees"
        case .noRace(let mutants):
            "cannot search seeds for \(mutants.joined(separator: ", ")): no workload of its Killed-by is a race, so that "
                + "one run tells; leave out --deterministic"
        }
    }
}
