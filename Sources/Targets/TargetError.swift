/// A target's description is missing or cannot be used.
package enum TargetError: Error, Equatable, CustomStringConvertible {
    case noCatalogue(path: String)
    case unknownTarget(name: String, known: [String])
    case unknownVariant(target: String, variant: String, known: [String])
    case malformed(file: String, reason: String)
    case unknownField(file: String, field: String)
    case outOfRange(file: String, field: String, value: Int, allowed: ClosedRange<Int>)
    /// `field` of a tarball breaks a rule; `must` is the rule.
    case malformedTarball(file: String, field: String, must: String)
    /// The description gives no kind of source, or several.
    case sourceKinds(file: String, count: Int)

    package var description: String {
        switch self {
        case .noCatalogue(let path):
            "cannot list targets: \(path) is not a directory; run drydock in its checkout or give --root"
        case .unknownTarget(let name, let known):
            "cannot load target \(name): there is no kernel-patches/\(name)/target.yaml; "
                + "known targets: \(known.joined(separator: ", "))"
        case .unknownVariant(let target, let variant, let known):
            "cannot configure \(target) as \(variant): "
                + (known.isEmpty ? "it has no variants" : "its variants are \(known.joined(separator: ", "))")
                + "; see configuration.variants in kernel-patches/\(target)/target.yaml"
        case .malformed(let file, let reason): "cannot read \(file): \(reason)"
        case .unknownField(let file, let field):
            "cannot read \(file): it has a field \(field) that drydock does not know; see docs/targets.md"
        case .outOfRange(let file, let field, let value, let allowed):
            "cannot use \(file): \(field) is \(value), it must be \(allowed.lowerBound) to \(allowed.upperBound)"
        case .malformedTarball(let file, let field, let must):
            "cannot use \(file): source.tarball.\(field) \(must)"
        case .sourceKinds(let file, let count):
            "cannot use \(file): source names \(count) kinds of source, it must name one "
                + "(debian-package, tarball, directory or given)"
        }
    }
}
