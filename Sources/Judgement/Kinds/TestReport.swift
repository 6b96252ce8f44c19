/// What a test shows, in no format yet: sections for people, cases for machines. Each kind of test makes one; each format of
/// the module Report renders it.
package struct TestReport: Sendable, Equatable {
    package let sections: [Section]
    /// Said just before the conclusion, each in a line of its own.
    package let summary: [String]
    package let conclusion: Conclusion
    /// Names that belong into the first line of the conclusion, because its reason does not give them.
    package let names: [String]
    /// What the reader may do next. Never cut: it is there to be copied.
    package let next: [String]
    /// A workload, a mutant or a patch each.
    package let cases: [Case]
    /// How many columns its tables can use.
    package let mostColumns: Int

    package init(
        sections: [Section], summary: [String] = [], conclusion: Conclusion, names: [String] = [],
        next: [String] = [], cases: [Case], mostColumns: Int = 100
    ) {
        self.sections = sections.filter { !$0.isEmpty }
        self.summary = summary
        self.conclusion = conclusion
        self.names = names
        self.next = next
        self.cases = cases
        self.mostColumns = mostColumns
    }

    package enum Section: Sendable, Equatable {
        case table(Table)
        case text([Paragraph])

        var isEmpty: Bool {
            switch self {
            case .table(let table): table.rows.isEmpty
            case .text(let paragraphs): paragraphs.isEmpty
            }
        }
    }

    /// How words are set off.
    package enum Tone: Sendable { case good, bad, doubtful, quiet, strong }

    package struct Table: Sendable, Equatable {
        package let headings: [String]
        package let rows: [[Cell]]
        /// The last column is cut before any other, but not below so many characters; nil if the first are cut.
        package let leastOfLastColumn: Int?

        package init(headings: [String], rows: [[Cell]], leastOfLastColumn: Int? = nil) {
            self.headings = headings
            self.rows = rows
            self.leastOfLastColumn = leastOfLastColumn
        }
    }

    package struct Cell: Sendable, Equatable {
        package let text: String
        package let tone: Tone?
        /// Flushed right.
        package let isNumber: Bool

        package init(_ text: String, tone: Tone? = nil, isNumber: Bool = false) {
            self.text = text
            self.tone = tone
            self.isNumber = isNumber
        }

        package static let none = Cell("-", tone: .quiet)

        /// A number that matters if it is more than 0.
        package static func count(_ number: Int, _ tone: Tone) -> Cell {
            Cell("\(number)", tone: number > 0 ? tone : .quiet, isNumber: true)
        }
    }

    package struct Paragraph: Sendable, Equatable {
        package enum Form: Sendable, Equatable {
            /// Broken at spaces.
            case prose
            /// A line of something else, cut if it is too long.
            case verbatim
            /// The same, marked as a line of a console.
            case quoted
        }

        package let text: String
        package let form: Form
        package let tone: Tone?

        package init(_ text: String, _ form: Form = .prose, tone: Tone? = nil) {
            self.text = text
            self.form = form
            self.tone = tone
        }
    }

    /// What a machine asks for: what was tested, whether it is all right, and why not.
    package struct Case: Sendable, Equatable {
        package enum Result: Sendable, Equatable {
            case passed
            case failed
            /// It fails as it is known to.
            case knownFailure(reason: String)
            case skipped(reason: String)
            /// It does not show whether it passes.
            case inconclusive
        }

        package let name: String
        package let result: Result
        /// Lines about it, such as `hang: no answer within 60 s`.
        package let details: [String]

        package init(name: String, result: Result, details: [String]) {
            self.name = name
            self.result = result
            self.details = details
        }
    }
}
