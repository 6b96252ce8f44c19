/// One result line of a KTAP report.
package struct KTAPCheck: Sendable, Equatable {
    package enum Result: Sendable, Equatable {
        case passed
        case failed
        /// `ok N text # SKIP reason`; the reason may be empty.
        case skipped(reason: String)
    }

    package let number: Int
    package let text: String
    package let result: Result
}
