import Judgement

/// Rows of cells under headings, each column as wide as its widest cell; the first columns are cut if a line is too
/// long.
struct TableLayout {
    private static let narrowest = 8

    private let headings: [String]
    private let rows: [[TestReport.Cell]]
    private let width: Int
    private let style: Style

    init(_ table: TestReport.Table, width: Int, style: Style) {
        headings = table.headings
        rows = table.leastOfLastColumn.map { Self.cuttingLast(table, to: width, atLeast: $0) } ?? table.rows
        self.width = width
        self.style = style
    }

    var lines: [String] {
        var widths = Self.widths(headings, rows)
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
        for column in widths.indices where excess > 0 {
            let cut = min(excess, max(widths[column] - Self.narrowest, 0))
            widths[column] -= cut
            excess -= cut
        }
        return [line(headings.map { .init($0, tone: .quiet) }, widths)] + rows.map { line($0, widths) }
    }

    private static func widths(_ headings: [String], _ rows: [[TestReport.Cell]]) -> [Int] {
        headings.indices.map { column in
            ([headings[column]] + rows.map { $0[column].text }).map(\.count).max() ?? 0
        }
    }

    private static func cuttingLast(
        _ table: TestReport.Table, to width: Int, atLeast least: Int
    ) -> [[TestReport.Cell]] {
        let others = widths(table.headings, table.rows).dropLast().reduce(0) { $0 + $1 + 2 }
        return table.rows.map { row in
            guard let last = row.last else { return row }
            let text = Layout.cut(last.text, to: max(width - others, least))
            return row.dropLast() + [.init(text, tone: last.tone, isNumber: last.isNumber)]
        }
    }

    private func line(_ cells: [TestReport.Cell], _ widths: [Int]) -> String {
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
