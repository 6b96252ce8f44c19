import Console
import Foundation

/// The `key=value` lines of a status file.
struct KeyValueFile {
    let values: [String: String]
    /// A key that occurs twice with different values.
    let contradiction: String?

    /// Nil for a file with only white space and zero bytes: a crash leaves such files, and they say nothing.
    init?(_ bytes: Data) {
        guard bytes.contains(where: { $0 > 0x20 }) else { return nil }
        var values: [String: String] = [:]
        var contradiction: String?
        for line in ConsoleText.lines(of: String(decoding: bytes, as: UTF8.self)) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let key = line[..<sign].trimmed
            let value = line[line.index(after: sign)...].trimmed
            if let known = values[key], known != value { contradiction = contradiction ?? key }
            values[key] = value
        }
        self.values = values
        self.contradiction = contradiction
    }
}
