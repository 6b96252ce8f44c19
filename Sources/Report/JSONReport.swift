import Foundation
import Judgement

/// A verdict for a machine: the schema of `docs/verdict.md` or `docs/mutants.md`, keys in alphabetical order.
package enum JSONReport {
    package static func text(_ verdict: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(verdict), as: UTF8.self) + "\n"
    }
}
