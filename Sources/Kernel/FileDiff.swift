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

    /// Under the leading folder, for people and to tell one file from another.
    var path: String {
        let name = newName == "/dev/null" ? oldName : newName
        return name.firstMatch(of: /^[^\/]+\/(.+)$/).map { String($0.1) } ?? name
    }
}
