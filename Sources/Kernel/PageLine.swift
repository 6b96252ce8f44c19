/// One line of a page, as it is mended.
struct PageLine: Equatable {
    /// Counted from 1.
    let number: Int
    var text: String
    var hadCarriageReturn = false
    var hadEntity = false
    var hadNonBreakingSpace = false
    /// An empty line that stands where a hunk has a blank.
    var lostBlank = false

    /// Not `hasPrefix`, for which a blank with a combining mark after it is no blank.
    var first: UInt8? { text.utf8.first }

    var isEmpty: Bool { text.utf8.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 } }
}
