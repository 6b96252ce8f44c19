/// Finds the diffs among the lines of a page.
struct DiffReader {
    let lines: [PageLine]
    /// An empty line of context that kept its blank: then the page does not strip them.
    private let keepsBlanks: Bool

    init(_ lines: [PageLine]) {
        self.lines = lines
        keepsBlanks = lines.contains { $0.text == " " }
    }

    func diffs() -> [FileDiff] {
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

    /// Whether a diff begins here: `diff --git a/x b/x`, `Index: x` over its rule, or `--- x` over `+++ x`.
    static func begins(at index: Int, in lines: [PageLine]) -> Bool {
        let text = lines[index].text
        func next(_ prefixes: String...) -> Bool {
            index + 1 < lines.count && prefixes.contains { lines[index + 1].text.hasPrefix($0) }
        }
        if text.contains(/^diff --git \S+ \S+/) || text.hasPrefix("diff -") && next("--- ") { return true }
        if text.hasPrefix("Index: ") && next("=====", "--- ", "diff -") { return true }
        return text.hasPrefix("--- ") && next("+++ ") || isCutOffBegin(at: index, in: lines)
    }

    /// Whether the page ends below a hunk, in the middle of the lines that begin the next diff.
    private static func isCutOffBegin(at index: Int, in lines: [PageLine]) -> Bool {
        let text = lines[index].text
        guard index > 0, !text.isEmpty, HunkReading.isBody(lines[index - 1]) else { return false }
        let isGits = "diff --git ".hasPrefix(text) || text.hasPrefix("diff --git ")
        // A page's own words may look so, too, but not right below a hunk.
        let isOther = !lines[index - 1].text.isEmpty && text.contains(/^(Index: \S|--- \S+\/\S)/)
        return (isGits || isOther) && lines[(index + 1)...].allSatisfy(\.isEmpty)
    }

    private func begins(at index: Int) -> Bool { index < lines.count && Self.begins(at: index, in: lines) }

    private func read(at start: Int) -> FileDiff {
        var index = start
        var names = Self.names(of: lines[start].text)
        var changesFile = false
        var binary: Int?
        var kinds: Set<Substring> = []
        // What git, Subversion and CVS say of a file before its hunks.
        while index < lines.count, index == start || Self.isHeader(lines[index]) {
            let kind = lines[index].text.firstMatch(of: /^(diff|Index:)\s/)?.1
            if let kind, !kinds.insert(kind).inserted { break }
            if lines[index].text.hasPrefix("--- "), index + 1 < lines.count, lines[index + 1].text.hasPrefix("+++ ") {
                names = (Self.name(lines[index].text), Self.name(lines[index + 1].text))
                index += 2
                break
            }
            changesFile = changesFile || lines[index].text.contains(/^(old mode|rename|copy|new file|deleted file)\s/)
            if lines[index].text.contains(/^(Binary files|GIT binary patch)/) { binary = binary ?? index }
            index += 1
        }
        var body = Hunks(reader: self, from: index)
        body.read()
        var fault = body.fault
        if let binary { fault = .binary(line: lines[binary].number) }
        if body.hunks.isEmpty, fault == nil, !changesFile {
            fault = .noHunk(line: lines[index - 1].number, path: names.new)
        }
        return FileDiff(
            oldName: names.old, newName: names.new, range: start..<max(body.end, start + 1), hunks: body.hunks,
            emptyContext: body.emptyContext, fault: fault)
    }

    private static func isHeader(_ line: PageLine) -> Bool {
        headers.contains { line.text.hasPrefix($0) }
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

    /// A tab, or in old patches blanks, stands before the date.
    private static func name(_ text: String) -> String {
        String(text.dropFirst(4).prefix { $0 != "\t" && $0 != " " })
    }

    /// The hunks of one file, read by the counts in their headers.
    private struct Hunks {
        let reader: DiffReader
        var hunks: [Range<Int>] = []
        var emptyContext: [Int] = []
        var fault: PatchPageError?
        var end: Int

        init(reader: DiffReader, from index: Int) {
            self.reader = reader
            end = index
        }

        private var lines: [PageLine] { reader.lines }

        mutating func read() {
            while fault == nil, let start = nextHunk() {
                var hunk = HunkReading(lines: lines, start: start)
                hunk.read(keepsBlanks: reader.keepsBlanks)
                hunks.append(start..<hunk.end)
                emptyContext += hunk.emptyContext
                fault = hunk.fault
                end = hunk.end
            }
            guard fault != nil else { return }
            // To where the next diff begins, for what lies there is no text of the page.
            while end < lines.count, !reader.begins(at: end), HunkReading.isBody(lines[end]) { end += 1 }
        }

        /// Empty lines may have come between two hunks.
        private func nextHunk() -> Int? {
            var index = end
            while index < lines.count, lines[index].isEmpty { index += 1 }
            return index < lines.count && lines[index].text.hasPrefix("@@ ") ? index : nil
        }
    }
}
