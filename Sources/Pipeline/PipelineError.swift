/// A test could not be carried through, for a reason that no single stage knows.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
    case noCheckout(searched: [String])
    /// The base can be judged and the series cannot stand on it: a verdict of its own, not a failure to judge.
    case seriesFailed(reason: String)

    package var description: String {
        switch self {
        case .noCheckout(let searched):
            "cannot find drydock's checkout (kernel-patches/ and images/workloads/) at or above "
                + "\(searched.joined(separator: ", ")); give --root"
        case .seriesFailed(let reason): reason
        }
    }
}
