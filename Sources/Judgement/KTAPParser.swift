import Console

/// Reads KTAP line by line; a `not ok` is a failure whatever directive follows it.
struct KTAPParser {
    private var report = KTAPReport()

    mutating func take(_ line: String) {
        if !takeKnown(line), Self.saysNotOk(line) {
            report.problems.append("a line says `not ok` and is not a result: \(line.trimmed.bounded(100))")
        }
    }

    /// Returns whether it is a line of KTAP version 1.
    private mutating func takeKnown(_ line: String) -> Bool {
        if line.hasPrefix("KTAP version ") {
            takeVersion(line)
        } else if line.hasPrefix("1..") {
            takePlan(line)
        } else if line.hasPrefix("ok ") {
            return takeResult(line.dropFirst(3), ok: true)
        } else if line.hasPrefix("not ok ") {
            return takeResult(line.dropFirst(7), ok: false)
        } else if line.hasPrefix("Bail out!") {
            report.bailOut = report.bailOut ?? line.dropFirst(9).trimmed
        } else if line.hasPrefix("#") {
            takeDiagnostic(line.dropFirst().drop { $0 == " " })
            return !Self.saysNotOk(line)
        } else {
            return false
        }
        return true
    }

    /// Whether someone reports a failure here, such as a nested test, or a result behind a time stamp.
    private static func saysNotOk(_ line: String) -> Bool {
        line.holds("not") && line.contains(/not\s+ok/)
    }

    consuming func finish() -> KTAPReport {
        if !report.hasVersion && report.planned == nil && report.checks.isEmpty && report.bailOut == nil {
            report.problems = ["the output holds no KTAP at all"]
            return report
        }
        if !report.hasVersion { report.problems.append("the output has no `KTAP version 1` line") }
        if let planned = report.planned {
            judgeNumbers(planned: planned)
        } else {
            report.problems.append("the output has no plan line `1..N`")
        }
        for totals in report.totals where totals != (report.passed, report.failed.count) {
            report.problems.append(
                "its totals say \(totals.passed) passed and \(totals.failed) failed, and the results "
                    + "\(report.passed) and \(report.failed.count)")
        }
        if report.isCut { report.problems.append("the output was cut at its size limit") }
        return report
    }

    private mutating func takeVersion(_ line: String) {
        let version = line.dropFirst("KTAP version ".count).trimmed
        if version == "1" {
            report.hasVersion = true
        } else {
            report.problems.append("the output is in KTAP version \(version.bounded(20)), not 1")
        }
    }

    private mutating func takePlan(_ line: String) {
        let words = line.dropFirst(3).split(separator: " ", maxSplits: 1)
        guard let first = words.first, let count = Int(first), count >= 0, !first.hasPrefix("+") else { return }
        let rest = words.count > 1 ? words[1].trimmed : ""
        guard rest.isEmpty || rest.hasPrefix("#") else { return }
        if report.planned != nil { report.problems.append("the output has more than one plan line") }
        if !report.checks.isEmpty { report.problems.append("the plan line comes after results") }
        report.planned = report.planned ?? count
        if count == 0, let reason = Self.skipDirective(rest)?.reason { report.skipReason = reason }
    }

    /// Returns whether the line is a result.
    private mutating func takeResult(_ rest: Substring, ok: Bool) -> Bool {
        let words = rest.split(separator: " ", maxSplits: 1)
        guard let first = words.first, first.allSatisfy(\.isASCIIDigit), let number = Int(first) else { return false }
        let text = words.count > 1 ? words[1].trimmed : ""
        if ok, let skip = Self.skipDirective(text) {
            report.checks.append(KTAPCheck(number: number, text: skip.text, result: .skipped(reason: skip.reason)))
        } else {
            report.checks.append(KTAPCheck(number: number, text: text.bounded(200), result: ok ? .passed : .failed))
        }
        return true
    }

    private mutating func takeDiagnostic(_ rest: Substring) {
        let words = rest.split(separator: " ")
        if words.count == 4, words[0] == "figure", let value = Double(words[2]), value.isFinite {
            report.figures.append(Figure(name: String(words[1]), value: value, unit: String(words[3])))
        } else if words.count == 2, words[0] == "seed", let seed = UInt64(words[1]) {
            report.seed = seed
        } else if words.count > 1, words[0] == "unmet:" {
            report.unmet.append(rest.dropFirst(rest.prefix { $0 == " " }.count + "unmet:".count).trimmed.bounded(200))
        } else if rest.hasPrefix("drydock: output cut at ") {
            report.isCut = true
        } else if let totals = rest.firstMatch(of: /\bpass:(\d+) fail:(\d+)(?:.* error:(\d+))?/) {
            // Of kselftest and KUnit.
            let failed = [totals.2, totals.3].compactMap { $0 }.reduce(0) { $0 + (Int($1) ?? 1_000_000) }
            report.totals.append((passed: Int(totals.1) ?? .max, failed: failed))
        }
    }

    private mutating func judgeNumbers(planned: Int) {
        if planned == 0 && report.skipReason == nil && report.bailOut == nil {
            report.problems.append("the plan `1..0` holds no check and gives no SKIP")
        }
        if report.checks.count != planned {
            report.problems.append("\(planned) checks were planned and \(report.checks.count) reported")
        } else if report.checks.map(\.number) != Array(1..<(planned + 1)) {
            report.problems.append("the numbers of the checks are not 1 to \(planned) in order")
        }
    }

    /// Splits `text # SKIP reason`; nil if there is no such directive.
    private static func skipDirective(_ line: String) -> (text: String, reason: String)? {
        var rest = line[...]
        while let hash = rest.firstIndex(of: "#") {
            let directive = rest[rest.index(after: hash)...].drop { $0 == " " || $0 == "\t" }
            let word = directive.prefix { $0.isLetter }
            // As the TAP specification says: `# SKIP`, `# Skipped: no swap`.
            if word.uppercased().hasPrefix("SKIP") {
                let reason = directive.dropFirst(word.count).drop { $0 == ":" }.trimmed
                return (line[..<hash].trimmed.bounded(200), reason.bounded(200))
            }
            rest = directive
        }
        return nil
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
