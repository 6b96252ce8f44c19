/// A series cannot be read, or cannot stand on a source. `rejects` is the text of GNU patch's reject files, or its complaint.
package enum SeriesError: Error, Equatable, CustomStringConvertible {
    case malformed(series: String, line: Int, text: String)
    case missingPatch(series: String, line: Int, patch: String)
    /// Every patch of the series is in the source already.
    case changesNothing(series: String, version: String)
    case patchRejected(patch: String, rejects: String)
    /// A patch that base and patched get alike is rejected.
    case toolchainPatchRejected(patch: String, version: String, rejects: String)
    /// No patch of the series applies; `patch` is the first that was rejected, nil if none is marked for this tree.
    case forAnotherTree(series: String, version: String, patch: String?, rejects: String?)

    /// The source is in order and the series cannot stand on it.
    package var isOfSeries: Bool {
        switch self {
        case .patchRejected, .forAnotherTree: true
        case .malformed, .missingPatch, .changesNothing, .toolchainPatchRejected: false
        }
    }

    package var description: String {
        switch self {
        case .malformed(let series, let line, let text):
            "cannot read series \(series): line \(line) is \"\(text)\"; a line holds a patch's name and at most -pN, "
                + "then comments such as # only: GLOB or # not: GLOB"
        case .missingPatch(let series, let line, let patch):
            "cannot read series \(series): line \(line) names \(patch), which is not there; add it or remove the line"
        case .changesNothing(let series, let version):
            "cannot compare: Linux \(version) has every patch of \(series) already, so base and patched would be one "
                + "kernel; give a source without them"
        case .patchRejected(let patch, let rejects):
            "cannot apply \(patch): GNU patch rejects it; mend the patch or take it out of the series:\n\(rejects)"
        case .toolchainPatchRejected(let patch, let version, let rejects):
            "cannot apply the toolchain's \(patch) to Linux \(version): GNU patch rejects it; "
                + "mend it, or mark it in its series with # not: \(version):\n\(rejects)"
        case .forAnotherTree(let series, let version, let patch, let rejects):
            "cannot apply series \(series) to Linux \(version): it is for another tree, "
                + (patch.map { "none of its patches applies, the first of them \($0)" }
                    ?? "all its patches are marked for others")
                + "; give the tree it was made for" + (rejects.map { ":\n\($0)" } ?? "")
        }
    }
}
