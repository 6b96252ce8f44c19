import Evidence
import Files
import Foundation
import HostTools
import Targets

/// How a kernel is configured: symbols added to one of the tree's own make targets.
struct KernelConfig {
    /// Such as `allnoconfig`.
    let base: String
    let fragment: ConfigFragment

    /// - Parameter version: of the tree that will be configured.
    init(target: Target, version: String) throws {
        base = target.configuration.base
        fragment = try ConfigFragment(
            files: target.configuration.chosenFragments.map { target.folder.appending(path: $0) }, version: version)
    }

    var digest: Digest {
        let optional =
            fragment.optional.sorted().map { "# \($0) if known\n" }.joined()
            + fragment.brought.sorted().map { "# \($0) from series\n" }.joined()
        return Digest(inputs: ["base": base, "fragment": fragment.text + optional])
    }

    /// Writes the tree's `.config`; if it does not change, it keeps its modification time, because make looks at it.
    /// - Parameter subject: base need not have what the series brings; the others must.
    /// - Returns: the symbols that the tree's Kconfig does not have and need not have.
    /// - Throws: `BuildError.configurationRefused` if a symbol did not get its value, `configuredForI386`.
    func apply(to slot: TreeSlot, of subject: Subject, make: Make) async throws -> [String] {
        if fragment.values["CONFIG_X86_32"] == "y" { throw BuildError.configuredForI386(reason: "CONFIG_X86_32=y") }
        try Files.write(Data(fragment.text.utf8), to: slot.fragment)
        let config = slot.config
        let kept = slot.tree.appending(path: ".config.drydock")
        try Files.remove(kept)
        var before: Data?
        if Files.exists(config) {
            before = try Files.read(config)
            // Moved, because a copy would not keep the time; a copy stays, because the tree compares old and new
            // itself.
            try Files.move(config, to: kept)
            try Files.copy(kept, to: config)
        }
        let result = try await make.run([base], variables: ["KCONFIG_ALLCONFIG=\(slot.fragment.path)"])
        guard result.status == .exited(0) else {
            throw BuildError.cannotConfigure(base: base, output: result.tail())
        }
        let after = try Files.read(config)
        let unknown = try check(
            ConfigFragment(config: String(decoding: after, as: UTF8.self)), in: slot.tree, of: subject)
        if after == before {
            try Files.remove(config)
            try Files.move(kept, to: config)
        }
        try Files.remove(kept)
        return unknown
    }

    private func check(_ config: ConfigFragment, in tree: URL, of subject: Subject) throws(BuildError) -> [String] {
        if config.values["CONFIG_X86_64"] != "y" {
            throw .configuredForI386(reason: "make \(base) and the fragments leave CONFIG_X86_64 off")
        }
        var mismatches = fragment.mismatches(in: config)
        guard !mismatches.isEmpty else { return [] }
        let declared = try KconfigSymbols.declared(in: tree)
        let excused = subject == .base ? fragment.optional.union(fragment.brought) : fragment.optional
        func isUnknown(_ mismatch: ConfigMismatch) -> Bool {
            excused.contains(mismatch.symbol) && !declared.contains(mismatch.symbol)
        }
        let unknown = mismatches.filter(isUnknown).map(\.symbol)
        mismatches.removeAll(where: isUnknown)
        guard mismatches.isEmpty else { throw .configurationRefused(symbols: mismatches) }
        return unknown
    }
}

/// The symbols that a tree's Kconfig files declare for x86-64.
private enum KconfigSymbols {
    /// Names such as `CONFIG_SMP`.
    /// - Throws: `BuildError.cannotFollowKconfig` if a file names one that does not exist under this name.
    static func declared(in tree: URL) throws(BuildError) -> Set<String> {
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
