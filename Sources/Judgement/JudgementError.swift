/// A verdict that another drydock wrote could not be read.
package enum JudgementError: Error, Equatable, CustomStringConvertible {
    case unknownSchema(found: Int, known: Int)

    package var description: String {
        switch self {
        case .unknownSchema(let found, let known):
            "cannot read the verdict: its schema is \(found), this drydock knows \(known);"
                + " judge the run again with `drydock judge`"
        }
    }
}
