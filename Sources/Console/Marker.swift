/// A line that the guest's init (images/init) prints about its own progress: `drydock: begin 2/5 truncate`.
package enum Marker: Sendable, Equatable {
    case initBegan
    case initFailed(what: String)
    /// The results disk that init found, such as `hda`.
    case disk(String)
    /// `loaded`, `absent` or `failed: REASON`.
    case probe(state: String)
    case begin(number: Int, of: Int, workload: String)
    case end(number: Int, ending: WorkloadEnding, detail: String)
    /// A process of this workload cannot be killed.
    case stuck(number: Int)
    /// Init stopped here for that reason and did not run the rest.
    case stopped(number: Int)
    /// The results disk could not be unmounted at the end, because something in the kernel uses it.
    case held
    case done

    /// Found anywhere in a line, because the kernel may print into init's line; nil for any other line.
    package init?(_ line: some StringProtocol) {
        guard let text = line.after("drydock: ") else { return nil }
        if text.hasPrefix("init failed: ") {
            self = .initFailed(what: text.dropFirst("init failed: ".count).trimmed.bounded(200))
        } else if Self.isWord("init", of: text) {
            self = .initBegan
        } else if text.hasPrefix("disk ") {
            self = .disk(Self.name(text.dropFirst("disk ".count)))
        } else if text.hasPrefix("probe ") {
            self = .probe(state: text.dropFirst("probe ".count).trimmed.bounded(200))
        } else if Self.isWord("held", of: text) {
            self = .held
        } else if Self.isWord("done", of: text) {
            self = .done
        } else if let (number, count, rest) = Self.position(text, after: "begin ") {
            self = .begin(number: number, of: count, workload: Self.name(rest))
        } else if let (number, _, _) = Self.position(text, after: "stuck ") {
            self = .stuck(number: number)
        } else if let (number, _, _) = Self.position("\(text) -", after: "stopped ") {
            self = .stopped(number: number)
        } else if let (number, _, rest) = Self.position(text, after: "end "), let marker = Self.end(number, rest) {
            self = marker
        } else {
            return nil
        }
    }

    /// Whether the kernel may have printed after the word; false for the name of a file, as in `init.status:
    /// plan=complete`.
    private static func isWord(_ word: String, of text: String) -> Bool {
        text.hasPrefix(word) && !text.dropFirst(word.count).hasPrefix(".")
    }

    /// The name of a workload or a device, without what the kernel printed after it.
    private static func name(_ text: Substring) -> String {
        String(text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    }

    /// Splits `begin 2/3 name ...`.
    private static func position(_ text: String, after word: String) -> (number: Int, count: Int, rest: Substring)? {
        guard text.hasPrefix(word) else { return nil }
        let words = text.dropFirst(word.count).split(separator: " ", maxSplits: 1)
        let numbers = words.first?.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard words.count == 2, let numbers, numbers.count == 2, let number = numbers[0], let count = numbers[1],
            number >= 1, number <= count
        else { return nil }
        return (number, count, words[1])
    }

    private static func end(_ number: Int, _ rest: Substring) -> Marker? {
        let words = rest.split(separator: " ")
        guard words.count >= 2 else { return nil }
        let value = words.count > 2 ? Int(words[2].prefix { $0.isNumber }) : nil
        switch (words[1], value) {
        case ("exit", let code?): return .end(number: number, ending: .exit(code: code), detail: "")
        case ("signal", let signal?): return .end(number: number, ending: .signal(number: signal), detail: "")
        case ("cannot-start", _):
            return .end(
                number: number, ending: .cannotStart, detail: words.dropFirst(2).joined(separator: " ").bounded(200))
        default: return words[1].hasPrefix("timeout") ? .end(number: number, ending: .timeout, detail: "") : nil
        }
    }
}

/// How a workload ended, as init saw it.
package enum WorkloadEnding: Sendable, Equatable {
    case exit(code: Int)
    case signal(number: Int)
    case timeout
    case cannotStart
    /// The status file exists but cannot be understood.
    case unclear(problem: String)
}
