/// What a test shows, without a format: sections for people, cases for programs; each kind of test makes one, and each
/// format of the module Report renders it.
package struct TestReport: Sendable, Equatable {
    package let sections: [Section]
    /// Printed just before the conclusion, one per line.
    package let summary: [String]
    package let conclusion: Conclusion
    /// Names for the first line of the conclusion, if its reason does not give them.
    package let names: [String]
    /// Commands that the reader may run next; never cut, because they are there to be copied.
    package let next: [String]
    /// One for each workload, mutant or patch.
    package let cases: [Case]
    /// The most columns that its tables can use.
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

    /// How words are highlighted.
    package enum Tone: Sendable { case good, bad, doubtful, quiet, strong }

    package struct Table: Sendable, Equatable {
        package let headings: [String]
        package let rows: [[Cell]]
        /// The last column is cut first, but to no fewer characters than this; nil if the first columns are cut.
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
        /// Aligned right.
        package let isNumber: Bool

        package init(_ text: String, tone: Tone? = nil, isNumber: Bool = false) {
            self.text = text
            self.tone = tone
            self.isNumber = isNumber
        }

        package static let none = Cell("-", tone: .quiet)

        /// A number that is highlighted if it is more than 0.
        package static func count(_ number: Int, _ tone: Tone) -> Cell {
            Cell("\(number)", tone: number > 0 ? tone : .quiet, isNumber: true)
        }
    }

    package struct Paragraph: Sendable, Equatable {
        package enum Form: Sendable, Equatable {
            /// Wrapped at spaces.
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

    /// The parts for programs: what was tested, its result, and the reason.
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

/// Numbers in a form for people.
enum NumberText {
    /// Four significant digits, without an exponent unless the number is very large or small.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        if abs(value) >= 1000 { return abs(value) < 1e15 ? String(Int64(value.rounded())) : "\(value)" }
        if abs(value) < 0.001 { return "\(value)" }
        var decimals = 0.0
        var scale = 1.0
        while abs(value) * scale < 1000, decimals < 6 {
            scale *= 10
            decimals += 1
        }
        return "\((value * scale).rounded() / scale)"
    }

    /// `x1.50`, always with two decimals.
    static func ratio(_ value: Double) -> String {
        guard value.magnitude < 1e6 else { return "x\(value)" }
        let hundredths = Int64((value.magnitude * 100).rounded())
        let rest = hundredths % 100
        return "x\(value < 0 ? "-" : "")\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// `12.5 %`, from a part of 1.
    static func percent(_ part: Double) -> String {
        let tenths = Int((part * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
