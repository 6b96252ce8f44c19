import Foundation

/// One patch of a series, as it was read.
package struct SeriesPatch: Sendable, Equatable {
    /// As the series file writes it.
    package let name: String
    /// How many leading folders GNU patch takes off the names in the patch: `-pN`, 1 where not given.
    package let strip: Int
    package let file: URL
    let content: Data
    let condition: TreeCondition
}
