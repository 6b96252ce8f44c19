import Files
import Judgement

/// The verdict for programs: the schema that the documentation of its kind gives, keys in alphabetical order.
package enum JSONFormat: ReportFormat {
    package static let name = "json"

    package static func text(of test: JudgedTest, on page: Page) throws -> String { try text(test.verdict) }

    package static func text(_ verdict: some Encodable) throws -> String {
        try JSON.text(verdict) + "\n"
    }
}
