/// A run directory is none, or is not whole.
package enum EvidenceError: Error, Equatable, CustomStringConvertible {
    case notARunDirectory(path: String)
    case unknownSchema(path: String, found: Int, known: Int)
    /// The run was interrupted: `missing` is what was still to come.
    case unfinished(path: String, missing: String)

    package var description: String {
        switch self {
        case .notARunDirectory(let path):
            "cannot read run \(path): it holds no run.json; give the folder that `drydock run` printed"
        case .unknownSchema(let path, let found, let known):
            "cannot read run \(path): its layout has version \(found), this drydock knows version \(known)"
        case .unfinished(let path, let missing):
            "cannot judge run \(path): it ended before it wrote \(missing); what there is stays readable; run it again"
        }
    }
}
