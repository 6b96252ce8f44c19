import Files
import Judgement

/// A verdict for a machine: the schema of `docs/verdict.md` or `docs/mutants.md`, keys in alphabetical order.
package enum JSONReport {
    package static func text(_ verdict: some Encodable) throws -> String {
        try JSON.text(verdict) + "\n"
    }
}
