import Files
import Foundation

/// The symbols that a tree's Kconfig files declare for x86-64.
enum KconfigSymbols {
    /// Names such as `CONFIG_SMP`.
    /// - Throws: `KernelError.cannotFollowKconfig` where a file names one that is not there under this name.
    static func declared(in tree: URL) throws(KernelError) -> Set<String> {
        // Before 2.6.24 this architecture's own file is the top one.
        let old = "arch/x86_64/Kconfig"
        var waiting = [Files.exists(tree.appending(path: old)) ? old : "Kconfig"]
        var seen: Set<String> = []
        var symbols: Set<String> = []
        while let path = waiting.popLast() {
            guard seen.insert(path).inserted, let content = try? Data(contentsOf: tree.appending(path: path)) else {
                continue
            }
            let lines = String(decoding: content, as: UTF8.self).split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (index, line) in lines.enumerated() {
                let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
                guard words.count > 1 else { continue }
                switch words[0] {
                case "config", "menuconfig": symbols.insert("CONFIG_\(words[1])")
                case "source":
                    let named = file(String(words[1]))
                    // The help texts have lines that begin with this word, too.
                    guard Files.exists(tree.appending(path: named)) || !words[1].contains(/["$]/) else {
                        throw .cannotFollowKconfig(
                            file: tree.appending(path: path).path, line: index + 1,
                            text: line.trimmingCharacters(in: .whitespaces))
                    }
                    waiting.append(named)
                default: break
                }
            }
        }
        return symbols
    }

    /// The path that `source "arch/$(SRCARCH)/Kconfig"` means.
    private static func file(_ word: String) -> String {
        word.filter { $0 != "\"" }.replacing(/\$\(?SRCARCH\)?/, with: "x86").replacing(/^\$\(?srctree\)?\//, with: "")
    }
}
