/// A mutant cannot be tested.
package enum MutantError: Error, Equatable, CustomStringConvertible {
    case noMutants(path: String)
    case unknownMutant(name: String, known: [String])
    /// `reason` names the field.
    case malformed(file: String, reason: String)
    /// `Killed-by` names a workload that does not exist.
    case unknownWorkload(file: String, workload: String, known: [String])
    /// `Variant` names a variant that the target does not have.
    case unknownVariant(file: String, variant: String, known: [String])
    /// `rejects` is GNU patch's output.
    case doesNotApply(mutant: String, rejects: String)
    /// `reason` is the compiler's, with the path of the log.
    case doesNotBuild(mutant: String, reason: String)
    /// The kernel has the same code with the mutant and without it.
    case doesNotDiffer(mutant: String)

    package var description: String {
        switch self {
        case .noMutants(let path):
            "cannot list mutants: there is no NAME.patch in \(path); docs/mutants.md says what one looks like"
        case .unknownMutant(let name, let known):
            "cannot test mutant \(name): there is no \(name).patch; known: \(known.joined(separator: ", "))"
        case .malformed(let file, let reason): "cannot read mutant \(file): \(reason); see docs/mutants.md"
        case .unknownWorkload(let file, let workload, let known):
            "cannot use mutant \(file): Killed-by names \(workload), but there is no images/workloads/\(workload); "
                + "known: \(known.joined(separator: ", "))"
        case .unknownVariant(let file, let variant, let known):
            "cannot use mutant \(file): Variant is \(variant), "
                + (known.isEmpty ? "the target has no variants" : "the target has \(known.joined(separator: ", "))")
        case .doesNotApply(let mutant, let rejects):
            "cannot apply mutant \(mutant) to the patched tree; fix it, or mark it with Not: for this tree:\n\(rejects)"
        case .doesNotBuild(let mutant, let reason): "cannot build mutant \(mutant): \(reason)"
        case .doesNotDiffer(let mutant):
            "cannot judge mutant \(mutant): its kernel is the same as the patched one, byte for byte, "
                + "so no workload could notice it"
        }
    }
}
