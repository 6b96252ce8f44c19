/// Finds the diffs among the lines of a text: a patch, or a web page with a patch in it.
package struct DiffReader {
    private let lines: [String]
    /// Whether an empty context line kept its space, which shows that the text was not stripped of them.
    private let keepsSpaces: Bool

    package init(_ lines: [String]) {
        self.lines = lines
        keepsSpaces = lines.contains(" ")
    }

    package func diffs() -> [FileDiff] {
        var diffs: [FileDiff] = []
        var index = 0
        while index < lines.count {
            if Self.begins(at: index, in: lines) {
                let diff = read(at: index)
                diffs.append(diff)
                index = diff.range.upperBound
            } else {
                index += 1
            }
        }
        return diffs
    }

    /// Whether a diff begins here: `diff --git a/x b/x`, `Index: x` above its rule, or `--- x` above `+++ x`.
    package static func begins(at index: Int, in lines: [String]) -> Bool {
        let text = lines[index]
        func next(_ prefixes: String...) -> Bool {
            index + 1 < lines.count && prefixes.contains { lines[index + 1].hasPrefix($0) }
        }
        if text.contains(/^diff --git \S+ \S+/) || text.hasPrefix("diff -") && next("--- ") { return true }
        if text.hasPrefix("Index: ") && next("=====", "--- ", "diff -") { return true }
        return text.hasPrefix("--- ") && next("+++ ") || isCutOffBegin(at: index, in: lines)
    }

    /// Whether the text ends below a hunk, within the lines that begin the next diff.
    private static func isCutOffBegin(at index: Int, in lines: [String]) -> Bool {
        let text = lines[index]
        guard index > 0, !text.isEmpty, Hunk.isBody(lines[index - 1]) else { return false }
        let isGits = "diff --git ".hasPrefix(text) || text.hasPrefix("diff --git ")
        // The page's own words may look like this too, but not right below a hunk.
        let isOther = !lines[index - 1].isEmpty && text.contains(/^(Index: \S|--- \S+\/\S)/)
        return (isGits || isOther) && lines[(index + 1)...].allSatisfy(\.isBlank)
    }

    private func begins(at index: Int) -> Bool { index < lines.count && Self.begins(at: index, in: lines) }

    private func read(at start: Int) -> FileDiff {
        var index = start
        var names = Self.names(of: lines[start])
        var changesFile = false
        var binary: Int?
        var kinds: Set<Substring> = []
        // The lines that git, Subversion and CVS print about a file before its hunks.
        while index < lines.count, index == start || Self.isHeader(lines[index]) {
            let kind = lines[index].firstMatch(of: /^(diff|Index:)\s/)?.1
            if let kind, !kinds.insert(kind).inserted { break }
            if lines[index].hasPrefix("--- "), index + 1 < lines.count, lines[index + 1].hasPrefix("+++ ") {
                names = (Self.name(lines[index]), Self.name(lines[index + 1]))
                index += 2
                break
            }
            changesFile = changesFile || lines[index].contains(/^(old mode|rename|copy|new file|deleted file)\s/)
            if lines[index].contains(/^(Binary files|GIT binary patch)/) { binary = binary ?? index }
            index += 1
        }
        var body = Hunks(reader: self, from: index)
        body.read()
        var fault = body.fault
        if let binary { fault = .binary(line: binary + 1) }
        if body.hunks.isEmpty, fault == nil, !changesFile {
            fault = .noHunk(line: index, path: names.new)
        }
        return FileDiff(
            oldName: names.old, newName: names.new, range: start..<max(body.end, start + 1), hunks: body.hunks,
            emptyContext: body.emptyContext, fault: fault)
    }

    private static func isHeader(_ line: String) -> Bool {
        headers.contains { line.hasPrefix($0) }
    }

    private static let headers = [
        "diff -", "Index: ", "=====", "--- ", "index ", "old mode ", "new mode ", "new file ", "deleted file ",
        "rename ", "copy ", "similarity ", "dissimilarity ", "Binary files ", "GIT binary patch",
    ]

    private static func names(of text: String) -> (old: String, new: String) {
        if let match = text.firstMatch(of: /^diff --git (\S+) (\S+)/) { return (String(match.1), String(match.2)) }
        let name = String(text.split(separator: " ").last ?? "")
        return (name, name)
    }

    /// The date follows a tab, or in old patches spaces.
    private static func name(_ text: String) -> String {
        String(text.dropFirst(4).prefix { $0 != "\t" && $0 != " " })
    }

    /// The hunks of one file, read by the counts in their headers.
    private struct Hunks {
        let reader: DiffReader
        var hunks: [Range<Int>] = []
        var emptyContext: [Int] = []
        var fault: DiffFault?
        var end: Int

        init(reader: DiffReader, from index: Int) {
            self.reader = reader
            end = index
        }

        private var lines: [String] { reader.lines }

        mutating func read() {
            while fault == nil, let start = nextHunk() { read(at: start) }
            guard fault != nil else { return }
            // Up to the next diff, because everything before it belongs to the patch and not to the page.
            while end < lines.count, !reader.begins(at: end), Hunk.isBody(lines[end]) { end += 1 }
        }

        private mutating func read(at start: Int) {
            if var hunk = Hunk(lines, at: start) {
                fault = hunk.fault(keepsSpaces: reader.keepsSpaces)
                end = hunk.end
                emptyContext += hunk.emptyContext
            } else {
                fault = .cutOff(line: start + 1, hunk: start + 1, oldLines: 0, newLines: 0)
                end = start + 1
            }
            hunks.append(start..<end)
        }

        /// Skips empty lines, which may have got between two hunks.
        private func nextHunk() -> Int? {
            var index = end
            while index < lines.count, lines[index].isBlank { index += 1 }
            return index < lines.count && lines[index].hasPrefix("@@ ") ? index : nil
        }
    }
}

/// What is wrong with a diff; lines are counted from 1.
package enum DiffFault: Sendable, Equatable {
    /// The text ends, or goes on as something else, below `line`, while the hunk at `hunk` still lacks lines.
    case cutOff(line: Int, hunk: Int, oldLines: Int, newLines: Int)
    /// A diff of `path` begins at `line` and has no hunk.
    case noHunk(line: Int, path: String)
    case wrongCounts(hunk: Int, header: String, oldLines: Int, newLines: Int)
    case binary(line: Int)
}

/// The change of one file.
package struct FileDiff {
    /// As the diff has them, without a date.
    package let oldName: String
    package let newName: String
    /// Of the text's lines, counted from 0, including what is between two hunks.
    package let range: Range<Int>
    package let hunks: [Range<Int>]
    /// Indices of the empty lines in hunks that lost their space.
    package let emptyContext: [Int]
    /// What is wrong with it; a property and not an error, because the text may have another patch that is whole.
    package let fault: DiffFault?

    /// Without its leading directory, for people and to distinguish files.
    package var path: String {
        let name = newName == "/dev/null" ? oldName : newName
        guard !lacksLeadingFolder, let rest = name.firstMatch(of: /^[^\/]+\/(.+)$/)?.1 else { return name }
        return String(rest)
    }

    /// Whether both names are the file's path in the tree, as Subversion and CVS write them.
    package var lacksLeadingFolder: Bool {
        [oldName, newName].filter { $0 != "/dev/null" }.allSatisfy { name in
            guard let slash = name.firstIndex(of: "/") else { return true }
            return Self.topFolders.contains(String(name[..<slash]))
        }
    }

    /// Of a Linux tree.
    private static let topFolders: Set = [
        "Documentation", "arch", "block", "crypto", "drivers", "fs", "include", "init", "ipc", "kernel", "lib", "mm",
        "net", "scripts", "security", "sound", "usr",
    ]
}
