/// A series cannot be read or does not apply to a source; `rejects` is the text of GNU patch's reject files, or its
/// message.
package enum SeriesError: Error, Equatable, CustomStringConvertible {
    case malformed(series: String, line: Int, text: String)
    case missingPatch(series: String, line: Int, patch: String)
    /// The source already has every patch of the series.
    case changesNothing(series: String, version: String)
    case patchRejected(patch: String, rejects: String)
    /// A patch that both base and patched get is rejected.
    case toolchainPatchRejected(patch: String, version: String, rejects: String)
    /// No patch of the series applies; `patch` is the first rejected one, nil if no patch is marked for this tree.
    case forAnotherTree(series: String, version: String, patch: String?, rejects: String?)

    /// Whether the series is to blame and not the source.
    package var isOfSeries: Bool {
        switch self {
        case .patchRejected, .forAnotherTree: true
        case .malformed, .missingPatch, .changesNothing, .toolchainPatchRejected: false
        }
    }

    package var description: String {
        switch self {
        case .malformed(let series, let line, let text):
            "cannot read series \(series): line \(line) is \"\(text)\"; a line has a patch's name and at most -pN, "
                + "then comments such as # only: GLOB or # not: GLOB"
        case .missingPatch(let series, let line, let patch):
            "cannot read series \(series): line \(line) names \(patch), which does not exist; add it or remove the line"
        case .changesNothing(let series, let version):
            "cannot compare: Linux \(version) already has every patch of \(series), so base and patched would be the "
                + "same kernel; give a source without them"
        case .patchRejected(let patch, let rejects):
            "cannot apply \(patch): GNU patch rejects it; fix the patch or remove it from the series:\n\(rejects)"
        case .toolchainPatchRejected(let patch, let version, let rejects):
            "cannot apply the toolchain's \(patch) to Linux \(version): GNU patch rejects it; "
                + "fix it, or mark it in its series with # not: \(version):\n\(rejects)"
        case .forAnotherTree(let series, let version, let patch, let rejects):
            "cannot apply series \(series) to Linux \(version): it is for another tree, "
                + (patch.map { "none of its patches applies; the first is \($0)" }
                    ?? "all its patches are marked for other trees")
                + "; give the tree it was made for" + (rejects.map { ":\n\($0)" } ?? "")
        }
    }
}
