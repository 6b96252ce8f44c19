import Glibc

/// For which trees a line of a series or a fragment is meant, as the comments behind it say.
struct TreeCondition: Sendable, Equatable {
    /// `# only: GLOB...`: one of them must match the tree's version; empty where there is no such comment.
    private(set) var only: [String] = []
    /// `# not: GLOB...`: none of them may match it.
    private(set) var not: [String] = []
    /// `# if known`: the tree need not have the symbol that the line is about.
    private(set) var ifKnown = false

    /// Takes the conditions off the end of `line`.
    /// - Returns: what stands before them, or nil where a condition has no GLOB.
    static func split(_ line: String) -> (text: String, condition: TreeCondition)? {
        var text = line
        var condition = TreeCondition()
        while let match = text.firstMatch(of: /\s#\s*(only:|not:|if known)([^#]*)$/) {
            let globs = match.2.split(whereSeparator: \.isWhitespace).map(String.init)
            switch match.1 {
            case "only:": condition.only += globs
            case "not:": condition.not += globs
            default: condition.ifKnown = true
            }
            guard globs.isEmpty == (match.1 == "if known") else { return nil }
            text = String(text[..<match.range.lowerBound])
        }
        return (text, condition)
    }

    /// - Parameter version: of the tree, such as `2.6.18-128.el5`.
    func holds(for version: String) -> Bool {
        func matches(_ glob: String) -> Bool { fnmatch(glob, version, 0) == 0 }
        return (only.isEmpty || only.contains(where: matches)) && !not.contains(where: matches)
    }
}
