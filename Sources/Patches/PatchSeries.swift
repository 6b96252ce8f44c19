import Evidence
import Files
import Foundation

/// The patches of a target in the order in which they are applied, read from a series file in quilt's format.
///
/// A line names a patch, relative to the series file, with `-pN` after it if N is not 1; `#` starts a comment, and the
/// comments `# only: GLOB` and `# not: GLOB` say for which trees the patch is.
package struct PatchSeries: Sendable, Equatable {
    package let file: URL
    /// May be empty.
    package let patches: [SeriesPatch]

    /// Reads the series and every patch that it names.
    package init(file: URL) throws {
        self.file = file
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        var patches: [SeriesPatch] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if let patch = try Self.patch(String(line), index + 1, of: file) { patches.append(patch) }
        }
        self.patches = patches
    }

    private static func patch(_ line: String, _ number: Int, of series: URL) throws -> SeriesPatch? {
        let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first else { return nil }
        guard let strip = strip(words.dropFirst()), let condition = TreeCondition.split(line)?.condition,
            !condition.ifKnown, !condition.fromSeries
        else {
            throw SeriesError.malformed(series: series.path, line: number, text: line)
        }
        let file = series.deletingLastPathComponent().appending(path: name)
        guard Files.exists(file) else { throw SeriesError.missingPatch(series: series.path, line: number, patch: name) }
        return SeriesPatch(name: name, strip: strip, file: file, content: try Files.read(file), condition: condition)
    }

    private static func strip(_ options: ArraySlice<String>) -> Int? {
        guard let option = options.first else { return 1 }
        guard options.count == 1, option.hasPrefix("-p") else { return nil }
        return Int(option.dropFirst(2)).flatMap { $0 >= 0 ? $0 : nil }
    }
}

/// One patch of a series, as it was read.
package struct SeriesPatch: Sendable, Equatable {
    /// As the series file writes it.
    package let name: String
    /// How many leading directories GNU patch strips from the names in the patch: N of `-pN`, by default 1.
    package let strip: Int
    package let file: URL
    let content: Data
    let condition: TreeCondition

    var kept: KeptPatch { KeptPatch(name: name, strip: strip, content: content) }
}

/// The trees for which a line of a series or a fragment is meant, given by the comments after it.
package struct TreeCondition: Sendable, Equatable {
    /// `# only: GLOB...`: one of them must match the tree's version; empty if there is no such comment.
    package private(set) var only: [String] = []
    /// `# not: GLOB...`: none of them may match it.
    package private(set) var not: [String] = []
    /// `# if known`: the tree need not have the symbol of the line.
    package private(set) var ifKnown = false
    /// `# from series`: base need not have the symbol, but a kernel with the series must.
    package private(set) var fromSeries = false

    package init(only: [String] = [], not: [String] = []) {
        self.only = only
        self.not = not
    }

    /// Removes the comments from the end of `line`, and the white space before them.
    /// - Returns: the text before them; nil if a comment looks like a condition but is not one, because taken for prose
    ///   it would apply the line to every tree.
    package static func split(_ line: String) -> (text: String, condition: TreeCondition)? {
        var text = line.trimmingCharacters(in: .whitespaces)
        var condition = TreeCondition()
        while let match = text.firstMatch(of: /\s+#([^#]*)$/) {
            let words = match.1.split(whereSeparator: \.isWhitespace).map(String.init)
            text = String(text[..<match.range.lowerBound])
            switch (words.first, words.dropFirst()) {
            case ("only:", let globs) where !globs.isEmpty: condition.only += globs
            case ("not:", let globs) where !globs.isEmpty: condition.not += globs
            case ("if", ["known"]): condition.ifKnown = true
            case ("from", ["series"]): condition.fromSeries = true
            case (let word?, _) where ["only", "not", "if"].contains(word.lowercased().prefix { $0 != ":" }): return nil
            default: break
            }
        }
        return (text, condition)
    }

    /// - Parameter version: of the tree, such as `2.6.18-128.el5`.
    package func holds(for version: String) -> Bool {
        func matches(_ glob: String) -> Bool { fnmatch(glob, version, 0) == 0 }
        return (only.isEmpty || only.contains(where: matches)) && !not.contains(where: matches)
    }
}
