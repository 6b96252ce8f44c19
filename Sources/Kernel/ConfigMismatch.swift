/// A symbol whose value in the kernel's configuration is not the one a fragment asks for.
package struct ConfigMismatch: Sendable, Equatable, CustomStringConvertible {
    package let symbol: String
    package let wanted: String
    package let got: String

    package init(symbol: String, wanted: String, got: String) {
        self.symbol = symbol
        self.wanted = wanted
        self.got = got
    }

    package var description: String { "\(symbol): wanted \(wanted), got \(got)" }
}
