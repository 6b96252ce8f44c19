import Foundation
import PatchImport

/// The output of `drydock series import --json`.
struct ImportReport: Encodable {
    let name: String?
    let subject: String?
    let files: [String]
    let strip: Int
    /// One line each.
    let mends: [String]
    /// The paths of the patch and of the series that now names it; nil for a dry run.
    let patch: String?
    let series: String?
    /// Only for a dry run.
    let text: String?

    init(_ patch: PagePatch, name: String?, mends: [PatchMend], addition: SeriesAddition? = nil, text: String? = nil) {
        self.name = name
        subject = patch.subject
        files = patch.files
        strip = patch.strip
        self.mends = mends.map(\.description)
        self.patch = addition?.patch.path
        series = addition?.series.path
        self.text = text
    }
}
