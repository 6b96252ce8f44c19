/// A test could not be carried through, for a reason that no single stage knows.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
    case noCheckout(searched: [String])

    package var description: String {
        switch self {
        case .noCheckout(let searched):
            "cannot find drydock's checkout (kernel-patches/ and images/workloads/) at or above "
                + "\(searched.joined(separator: ", ")); give --root"
        }
    }
}
