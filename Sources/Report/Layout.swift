/// Text fitted into a number of columns.
enum Layout {
    static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(width - 3, 0)) + "..."
    }

    /// Wraps at spaces; the lines after the first are indented by `indent`.
    static func wrap(_ text: String, width: Int, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        return (lines + [line]).map { cut($0, to: width) }
    }
}
