/// Finds the names of functions and source lines in what a kernel printed.
enum KernelSymbol {
    /// The first `name+0x1a/0x30` of the text; nil if there is none.
    static func function(in text: some StringProtocol) -> String? {
        guard text.holds("+0x") else { return nil }
        for word in text.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == ")" || $0 == "," }) {
            guard let plus = word.firstIndex(of: "+"), word[plus...].hasPrefix("+0x") else { continue }
            // RIP: 0010:name+0x1a/0x30
            let name = Substring(word[..<plus].split(separator: ":").last ?? "")
            if isName(name) { return Self.inSource(name) }
        }
        return nil
    }

    /// The first `path/file.c:123` of the text.
    static func source(in text: some StringProtocol) -> String? {
        guard [".c:", ".h:", ".S:"].contains(where: text.holds) else { return nil }
        for word in text.split(whereSeparator: { " ()!,\"".contains($0) }) {
            for suffix in [".c:", ".h:", ".S:"] {
                guard let rest = word.after(suffix), let file = word.byteOffset(of: suffix) else { continue }
                let number = rest.prefix { $0.isASCII && $0.isNumber }
                guard !number.isEmpty else { continue }
                return String(decoding: word.utf8.prefix(file), as: UTF8.self) + suffix + number
            }
        }
        return nil
    }

    /// The function that the first line of a report names.
    static func function(ofReport text: some StringProtocol) -> String? {
        if let name = function(in: text) { return name }
        // 2.6.18: `BUG: warning at mm/rmap.c:522/page_remove_rmap()`; later: `WARNING: at mm/rmap.c:522 name()`.
        if let end = text.byteOffset(of: "()") {
            let before = String(decoding: text.utf8.prefix(end), as: UTF8.self)
            if let name = before.split(whereSeparator: { $0 == "/" || $0 == " " }).last, isName(name) {
                return String(name)
            }
        }
        if let rest = text.after("Badness in "), let name = rest.split(separator: " ").first, isName(name) {
            return String(name)
        }
        return nil
    }

    /// `RIP: 0010:name+0x1a/0x30`, `EIP is at name+0x1a/0x30`, or `RIP:` with the name on the next line.
    static func functionOfInstructionPointer(in report: ArraySlice<ConsoleLine>) -> String? {
        for index in report.indices {
            let text = report[index].text
            guard
                text.holds("RIP: ") || text.holds("RIP  [<") || text.holds("EIP is at ") || text.holds("EIP: ")
                    || text.hasPrefix("IP: ") || text.holds(" IP: ")
            else { continue }
            if let name = function(in: text) { return name }
            if text.trimmed.hasSuffix("RIP:"), index + 1 < report.endIndex,
                let name = function(in: report[index + 1].text)
            {
                return name
            }
        }
        return nil
    }

    /// The name as the source has it; nil if the word is none.
    static func name(_ word: String) -> String? { isName(word[...]) ? inSource(word[...]) : nil }

    /// Without what the compiler and the system call macros add: `name.isra.0`, `SyS_name`, `__x64_sys_name`.
    private static func inSource(_ name: Substring) -> String {
        let bare = String(name.prefix { $0 != "." })
        for prefix in ["SyS_", "SYSC_", "__x64_sys_", "__ia32_sys_", "__se_sys_", "__do_sys_"]
        where bare.hasPrefix(prefix) {
            return "sys_" + bare.dropFirst(prefix.count)
        }
        return bare
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.first, first == "_" || first.isLetter else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    }
}
