import Evidence

/// A finding in one line.
package struct FindingHeadline: Codable, Sendable, Equatable {
    package let kind: FindingKind
    /// The line of the console, counted from 1.
    package let line: Int
    /// The kernel's message without time stamp.
    package let text: String
    /// Where it happened; nil if the kernel does not say so.
    package let function: String?
    /// Where in the source it happened, such as `mm/mmap.c:3661`.
    package let source: String?

    package init(kind: FindingKind, line: Int, text: String, function: String? = nil, source: String? = nil) {
        self.kind = kind
        self.line = line
        self.text = text
        self.function = function
        self.source = source
    }

    /// `oops in page_remove_rmap`, for use in a sentence.
    package var words: String {
        if let function { return "\(kind.words) in \(function)" }
        if let source { return "\(kind.words) at \(source)" }
        return kind.words
    }

    /// The same for two reports of the same trouble in different builds: without addresses, offsets and numbers.
    package var signature: String {
        "\(kind.rawValue) \(function ?? source.map { String($0.prefix { $0 != ":" }) } ?? Self.withoutNumbers(text))"
    }

    private static func withoutNumbers(_ text: String) -> String {
        text.split { !$0.isHexDigit }.reduce(text) { text, run in
            run.contains(where: \.isNumber) ? text.replacing(run, with: "N", maxReplacements: 1) : text
        }
    }
}
