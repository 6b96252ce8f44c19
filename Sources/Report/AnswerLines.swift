import Judgement

extension Conclusion {
    /// `PASSED: ...` in as many lines as it takes.
    /// - Parameter names: stands between the word and the colon.
    func lines(width: Int, style: Style, names: String = "") -> [String] {
        let (word, tone): (String, Style.Tone) =
            switch answer {
            case .passed: ("PASSED", .good)
            case .failed: ("FAILED", .bad)
            case .couldNotJudge: ("COULD NOT JUDGE", .doubtful)
            }
        var lines = Layout.wrap("\(word)\(names): \(reason)", width: width, indent: 4)
        lines[0] = style.set(word, tone) + lines[0].dropFirst(word.count)
        return lines
    }
}
