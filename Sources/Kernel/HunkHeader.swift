/// The counts in a hunk's first line, `@@ -12,7 +12,8 @@`.
struct HunkHeader {
    let oldLines: Int
    let newLines: Int

    /// Nil where the line is no such header.
    init?(_ line: String) {
        guard let match = line.firstMatch(of: /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/) else { return nil }
        // A count that is left out is 1.
        oldLines = match.1.flatMap { Int($0) } ?? 1
        newLines = match.2.flatMap { Int($0) } ?? 1
    }
}
