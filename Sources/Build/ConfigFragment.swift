import Files
import Foundation
import Patches

/// The configuration symbols that a target asks for, merged from its fragments; a later one wins.
struct ConfigFragment: Equatable {
    /// The value by symbol as in `.config`: `y`, `m`, `n`, a number or a quoted string.
    private(set) var values: [String: String] = [:]
    /// The symbols that a tree need not have: `# if known`.
    private(set) var optional: Set<String> = []

    /// The symbols that only the series brings: `# from series`.
    private(set) var brought: Set<String> = []

    /// - Parameter version: of the tree, for lines that are only for some trees.
    init(files: [URL], version: String) throws {
        for file in files { try add(String(decoding: try Files.read(file), as: UTF8.self), of: file, for: version) }
    }

    /// A kernel's `.config`.
    init(config: String) {
        for line in config.split(whereSeparator: \.isNewline) {
            if let (symbol, value) = Self.setting(String(line)) { values[symbol] = value }
        }
    }

    /// As a file for `KCONFIG_ALLCONFIG`.
    var text: String {
        values.sorted { $0.key < $1.key }
            .map { $0.value == "n" ? "# \($0.key) is not set\n" : "\($0.key)=\($0.value)\n" }.joined()
    }

    /// The symbols whose value in a configuration is not the one of this fragment, in alphabetical order.
    func mismatches(in config: ConfigFragment) -> [ConfigMismatch] {
        values.sorted { $0.key < $1.key }.compactMap { symbol, wanted in
            // A symbol that cannot be chosen is not in .config.
            let got = config.values[symbol] ?? "n"
            return got == wanted ? nil : ConfigMismatch(symbol: symbol, wanted: wanted, got: got)
        }
    }

    private mutating func add(_ text: String, of file: URL, for version: String) throws {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard let (text, condition) = TreeCondition.split(line) else {
                throw BuildError.malformedFragment(file: file.path, line: index + 1, text: line)
            }
            if let (symbol, value) = Self.setting(text) {
                guard condition.holds(for: version) else { continue }
                values[symbol] = value
                if condition.ifKnown { optional.insert(symbol) } else { optional.remove(symbol) }
                if condition.fromSeries { brought.insert(symbol) } else { brought.remove(symbol) }
            } else if !line.isEmpty && (!line.hasPrefix("#") || line.contains(/^#\s*CONFIG_\w+ is not set/)) {
                throw BuildError.malformedFragment(file: file.path, line: index + 1, text: line)
            }
        }
    }

    private static func setting(_ line: String) -> (symbol: String, value: String)? {
        if let match = line.wholeMatch(of: /# (CONFIG_\w+) is not set/) { return (String(match.1), "n") }
        if let match = line.wholeMatch(of: /(CONFIG_\w+)=(\S.*)/) { return (String(match.1), String(match.2)) }
        return nil
    }
}

/// A symbol whose value in the kernel's configuration is not the one that a fragment asks for.
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
