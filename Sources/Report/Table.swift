/// Rows of cells under headings, each column as wide as its widest cell, the first ones cut where a line grows too long.
struct Table {
    struct Cell {
        var text: String
        var tone: Style.Tone?
        var isNumber = false
    }

    private static let narrowest = 8

    let headings: [String]
    let rows: [[Cell]]

    func lines(width: Int, style: Style) -> [String] {
        var widths = headings.indices.map { column in
            ([headings[column]] + rows.map { $0[column].text }).map(\.count).max() ?? 0
        }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        for column in widths.indices where excess > 0 {
            let cut = min(excess, max(widths[column] - Self.narrowest, 0))
            widths[column] -= cut
            excess -= cut
        }
        let head = line(headings.map { Cell(text: $0, tone: .quiet) }, widths, style)
        return [head] + rows.map { line($0, widths, style) }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        let parts = zip(cells, widths).enumerated().map { column, pair in
            let (cell, width) = pair
            let text = Layout.cut(cell.text, to: width)
            let gap = String(repeating: " ", count: width - text.count)
            let set = cell.tone.map { style.set(text, $0) } ?? text
            if cell.isNumber { return gap + set }
            return column == cells.count - 1 ? set : set + gap
        }
        return parts.joined(separator: "  ")
    }
}
