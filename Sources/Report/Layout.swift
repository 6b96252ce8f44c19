/// Text fitted into a number of columns.
enum Layout {
    static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(width - 3, 0)) + "..."
    }

    /// Breaks at blanks; the lines after the first are set in by `indent`.
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

    /// The sections that hold lines, an empty line between them.
    static func text(of sections: [[String]]) -> String {
        sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    /// Four significant digits, without an exponent for what a person reads as a number.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        if abs(value) >= 1000 { return abs(value) < 1e15 ? String(Int64(value.rounded())) : "\(value)" }
        if abs(value) < 0.001 { return "\(value)" }
        var decimals = 0.0
        var scale = 1.0
        while abs(value) * scale < 1000, decimals < 6 {
            scale *= 10
            decimals += 1
        }
        return "\((value * scale).rounded() / scale)"
    }

    /// `x1.50`, always with two decimals.
    static func ratio(_ value: Double) -> String {
        guard value.magnitude < 1e6 else { return "x\(value)" }
        let hundredths = Int64((value.magnitude * 100).rounded())
        let rest = hundredths % 100
        return "x\(value < 0 ? "-" : "")\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
