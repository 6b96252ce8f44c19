/// Finds the names of functions and source lines in what a kernel printed.
enum KernelSymbol {
    /// The first `name+0x1a/0x30` of the text; nil if there is none.
    static func function(in text: some StringProtocol) -> String? {
        var rest = Substring(text)
        while let plus = rest.byteOffset(of: "+0x") {
            // RIP: 0010:name+0x1a/0x30
            let name = Substring(rest.utf8.prefix(plus).suffix { !" (),:+".utf8.contains($0) })
            if isName(name) { return Self.inSource(name) }
            rest = rest.utf8Suffix(from: plus + 3)
        }
        return nil
    }

    /// The first `path/file.c:123` of the text.
    static func source(in text: some StringProtocol) -> String? {
        let text = Substring(text)
        let found = [".c:", ".h:", ".S:"].compactMap { suffix -> (offset: Int, source: String)? in
            var start = 0
            while let offset = text.utf8Suffix(from: start).byteOffset(of: suffix).map({ $0 + start }) {
                start = offset + suffix.utf8.count
                let number = text.utf8Suffix(from: start).utf8.prefix { (0x30...0x39).contains($0) }
                guard !number.isEmpty else { continue }
                let file = text.utf8.prefix(offset).suffix { !" ()!,\"".utf8.contains($0) }
                return (offset, String(text[file.startIndex..<number.endIndex]))
            }
            return nil
        }
        return found.min { $0.offset < $1.offset }?.source
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
        // KCSAN names two functions that race.
        if let rest = text.after("Badness in ") ?? text.after("data-race in "),
            let name = rest.split(separator: " ").first, isName(name)
        {
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
                    || text.begins(with: "IP: ") || text.holds(" IP: ")
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
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") }
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
