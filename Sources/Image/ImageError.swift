/// Something that runs inside the guest could not be made.
package enum ImageError: Error, Equatable, CustomStringConvertible {
    case noWorkloads(path: String)
    case unknownWorkload(name: String, known: [String])
    case malformedWorkload(file: String, reason: String)
    /// `output` is the compiler's.
    case doesNotCompile(folder: String, output: String)
    /// The probe does not build against the tree under test.
    case probeDoesNotBuild(tree: String, output: String)
    /// A workload's name, or one of its arguments, has white space, which the plan's lines cannot have.
    case unprintablePlan(workload: String, word: String)

    package var description: String {
        switch self {
        case .noWorkloads(let path):
            "cannot list workloads: \(path) has none; run drydock in its checkout or give --root"
        case .unknownWorkload(let name, let known):
            "cannot run workload \(name): there is no images/workloads/\(name); known: \(known.joined(separator: ", "))"
        case .malformedWorkload(let file, let reason): "cannot read \(file): \(reason)"
        case .doesNotCompile(let folder, let output): "cannot compile \(folder) for the guest:\n\(output)"
        case .probeDoesNotBuild(let tree, let output):
            "cannot build images/probe against the kernel in \(tree):\n\(output)"
        case .unprintablePlan(let workload, let word):
            "cannot plan workload \(workload): \"\(word)\" contains white space; an argument of the guest's plan cannot"
        }
    }
}
