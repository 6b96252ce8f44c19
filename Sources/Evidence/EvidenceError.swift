/// A directory is not a run directory, or is incomplete.
package enum EvidenceError: Error, Equatable, CustomStringConvertible {
    case notARunDirectory(path: String)
    case unknownSchema(path: String, found: Int, known: Int)
    /// The run was interrupted; `missing` is what it had not written yet.
    case unfinished(path: String, missing: String)

    package var description: String {
        switch self {
        case .notARunDirectory(let path):
            "cannot read run \(path): it has no run.json; give the directory that `drydock run` printed"
        case .unknownSchema(let path, let found, let known):
            "cannot read run \(path): its layout has version \(found), but this drydock knows version \(known)"
        case .unfinished(let path, let missing):
            "cannot judge run \(path): it ended before it wrote \(missing); its other files can be read; "
                + "run the test again"
        }
    }
}
