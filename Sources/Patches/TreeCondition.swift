import Foundation

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
