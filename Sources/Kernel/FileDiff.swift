/// The change of one file in a page.
struct FileDiff {
    /// As the diff writes them, without a date.
    let oldName: String
    let newName: String
    /// Of the page's lines, counted from 0; what lies between two hunks included.
    let range: Range<Int>
    let hunks: [Range<Int>]
    /// Indices of the empty lines in hunks that lost their blank.
    let emptyContext: [Int]
    /// What is wrong with it, for a page may hold another patch that is whole.
    let fault: PatchPageError?

    /// Without its leading folder, for people and to tell one file from another.
    var path: String {
        let name = newName == "/dev/null" ? oldName : newName
        guard !lacksLeadingFolder, let rest = name.firstMatch(of: /^[^\/]+\/(.+)$/)?.1 else { return name }
        return String(rest)
    }

    /// As Subversion and CVS write names: the file's path in the tree, both times.
    var lacksLeadingFolder: Bool {
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
