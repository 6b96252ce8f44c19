/// What a host program printed and how it ended.
package struct ToolResult: Sendable {
    package let status: ToolStatus
    /// Standard output and standard error together, without line ends.
    package let lines: [String]
    package let duration: Duration

    package var output: String { lines.joined(separator: "\n") }

    /// The last `count` lines, because a program says there why it failed.
    package func tail(_ count: Int = 20) -> String { lines.suffix(count).joined(separator: "\n") }
}
