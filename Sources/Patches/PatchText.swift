import Foundation

/// What a patch's text alone shows: which files it may name, and whether it is whole.
///
/// GNU patch chooses among the names; these are all that it could choose.
struct PatchText {
    /// Relative to the tree, with the leading directories stripped.
    private(set) var paths: Set<String> = []
    /// The first name that leads out of the tree, and its line.
    private(set) var escape: (path: String, line: Int)?
    /// The line of the hunk that is cut off by the end of the file.
    private(set) var truncatedHunk: Int?

    private let strip: Int

    init(_ content: Data, strip: Int) {
        self.strip = strip
        var lines = content.split(separator: 10, omittingEmptySubsequences: false).map {
            String(decoding: $0.last == 13 ? $0.dropLast() : $0, as: UTF8.self)
        }
        // There is no line after the last line end.
        if lines.last == "" { lines.removeLast() }
        var index = 0
        while index < lines.count {
            if let hunk = Hunk(lines, at: index, isStrict: false) {
                if hunk.isCutOff { truncatedHunk = index + 1 }
                index = hunk.end
            } else {
                readHeader(lines[index], next: index + 1 < lines.count ? lines[index + 1] : "", number: index + 1)
                index += 1
            }
        }
    }

    private mutating func readHeader(_ line: String, next: String, number: Int) {
        func rest(_ prefix: String) -> String? { line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil }
        if let old = rest("--- "), next.hasPrefix("+++ ") {
            add(old, strip, number)
            add(String(next.dropFirst(4)), strip, number + 1)
        } else if let old = rest("*** "), next.hasPrefix("--- ") {
            add(old, strip, number)
            add(String(next.dropFirst(4)), strip, number + 1)
        } else if let name = rest("Index: ") {
            add(name, strip, number)
        } else if let names = rest("diff --git ") {
            for name in names.split(separator: " ") { add(String(name), strip, number) }
        } else if let name = rest("rename from ") ?? rest("rename to ") ?? rest("copy from ") ?? rest("copy to ") {
            // Git writes these without its a/ and b/.
            add(name, max(strip - 1, 0), number)
        }
    }

    private mutating func add(_ name: String, _ strip: Int, _ line: Int) {
        // The date follows a tab, or in old patches a space.
        for end in ["\t", " "] as [Character] {
            let name = name.prefix { $0 != end }.trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
            guard name != "/dev/null" else { continue }
            let parts = name.split(separator: "/", omittingEmptySubsequences: strip > 0)
            let path = parts.dropFirst(name.hasPrefix("/") ? max(strip - 1, 0) : strip).joined(separator: "/")
            if path.hasPrefix("/") || path.split(separator: "/").contains("..") {
                escape = escape ?? (name, line)
            } else if !path.isEmpty {
                paths.insert(path)
            }
        }
    }
}
