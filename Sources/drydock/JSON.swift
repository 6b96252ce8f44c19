import Files
import Foundation

/// Prints `value` as JSON with sorted keys on standard output; times are in seconds since 2001.
func printJSON(_ value: some Encodable) throws {
    print(try JSON.text(value, dates: .deferredToDate))
}
