import Judgement

/// A format in which a test is shown; a new one is a file of its own and an entry in `all`.
package protocol ReportFormat: Sendable {
    /// Its name in `--format`.
    static var name: String { get }

    /// The whole text; its last line is ended.
    /// - Throws: what the test's report throws.
    static func text(of test: JudgedTest, on page: Page) throws -> String
}

/// What a report is shown on.
package struct Page: Sendable {
    package let style: Style
    /// Nil for as many as the report can use.
    package let columns: Int?

    package init(style: Style = .plain, columns: Int? = nil) {
        self.style = style
        self.columns = columns
    }
}

package enum ReportFormats {
    /// The first is for people.
    package static let all: [any ReportFormat.Type] = [TerminalFormat.self, JSONFormat.self, KTAPFormat.self]

    package static func named(_ name: String) -> (any ReportFormat.Type)? { all.first { $0.name == name } }
}
