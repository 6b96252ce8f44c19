import Console

/// Reads KTAP line by line; a `not ok` is a failure whatever directive follows it.
struct KTAPParser {
    private var report = KTAPReport()
    /// The plans of nested tests whose parents have not reported yet, the innermost last.
    private var nested: [NestedPlan] = []

    private struct NestedPlan {
        let indentation: Int
        let planned: Int
        var reported = 0
    }

    mutating func take(_ line: String) {
        takeNested(line)
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

    /// Counts the results of nested tests, which are indented or, by kselftest, behind a `#`.
    private mutating func takeNested(_ line: String) {
        let indentation = line.utf8.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "#") }.count
        let text = line.utf8.dropFirst(indentation)
        let number = [Array("ok ".utf8), Array("not ok ".utf8)].first(where: text.starts).flatMap {
            text.dropFirst($0.count).first
        }
        if let number, (0x30...0x39).contains(number) {
            endNested(deeperThan: indentation)
            if indentation > 0, nested.last?.indentation == indentation { nested[nested.count - 1].reported += 1 }
        } else if indentation > 0, text.starts(with: "Bail out!".utf8) {
            report.bailOut = report.bailOut ?? String(decoding: text.dropFirst(9), as: UTF8.self).trimmed
        } else if indentation > 0, text.starts(with: "1..".utf8) {
            let words = text.dropFirst(3).split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard let first = words.first, first.allSatisfy({ (0x30...0x39).contains($0) }),
                words.count == 1 || words[1].first == UInt8(ascii: "#")
            else { return }
            endNested(deeperThan: indentation - 1)
            let planned = String(decoding: first, as: UTF8.self)
            nested.append(NestedPlan(indentation: indentation, planned: Int(planned) ?? .max))
        }
    }

    /// - Parameter indentation: -1 for all of them.
    private mutating func endNested(deeperThan indentation: Int) {
        while let plan = nested.last, plan.indentation > indentation {
            nested.removeLast()
            guard plan.reported != plan.planned else { continue }
            report.problems.append("a nested test planned \(plan.planned) checks and reported \(plan.reported)")
        }
    }

    /// Whether someone reports a failure here, such as a nested test, or a result behind a time stamp.
    private static func saysNotOk(_ line: String) -> Bool {
        var rest = line.lowercased()
        while let next = rest.after("not") {
            let spaces = next.prefix { $0.isWhitespace }
            if !spaces.isEmpty, next[spaces.endIndex...].begins(with: "ok") { return true }
            rest = next
        }
        return false
    }

    consuming func finish() -> KTAPReport {
        endNested(deeperThan: -1)
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
        if ok, let directive = Self.failingDirective(text) {
            report.problems.append("check \(number) says `ok` and `# \(directive)`")
        }
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
        } else if let totals = Self.totals(rest) {
            report.totals.append(totals)
        }
    }

    /// `pass:3 fail:0` and perhaps `error:1`, of kselftest and KUnit.
    private static func totals(_ line: Substring) -> (passed: Int, failed: Int)? {
        func number(after key: String, in text: Substring) -> (value: Int, rest: Substring)? {
            guard let rest = text.after(key), let first = rest.utf8.first, (0x30...0x39).contains(first) else {
                return nil
            }
            let (number, end) = rest.leadingNumber
            return (number ?? tooMany, end)
        }
        guard let passed = number(after: "pass:", in: line), passed.rest.begins(with: " fail:"),
            let failed = number(after: " fail:", in: passed.rest)
        else { return nil }
        return (passed.value, failed.value + (number(after: " error:", in: failed.rest)?.value ?? 0))
    }

    /// For a number that no output has.
    private static let tooMany = 1 << 40

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
        // As the TAP specification says: `# SKIP`, `# Skipped: no swap`.
        directive(in: line) { $0.hasPrefix("SKIP") }.map { directive in
            (line[..<directive.hash].trimmed.bounded(200), directive.rest.drop { $0 == ":" }.trimmed.bounded(200))
        }
    }

    /// The directives of KTAP that only a check that is `not ok` may have.
    private static func failingDirective(_ line: String) -> String? {
        directive(in: line) { $0 == "TIMEOUT" || $0 == "ERROR" }?.word
    }

    private typealias Directive = (hash: String.Index, word: String, rest: Substring)

    /// The first that is wanted by its word, in capital letters.
    private static func directive(in line: String, where isWanted: (String) -> Bool) -> Directive? {
        var rest = line[...]
        while let hash = rest.firstIndex(of: "#") {
            let directive = rest[rest.index(after: hash)...].drop { $0 == " " || $0 == "\t" }
            let word = directive.prefix { $0.isLetter }
            if isWanted(word.uppercased()) { return (hash, word.uppercased(), directive.dropFirst(word.count)) }
            rest = directive
        }
        return nil
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
