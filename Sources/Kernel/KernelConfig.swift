import Evidence
import Files
import Foundation
import HostTools
import Targets

/// How a kernel is configured: symbols laid over one of the tree's own make targets.
struct KernelConfig {
    /// Such as `allnoconfig`.
    let base: String
    let fragment: ConfigFragment

    /// - Parameter version: of the tree that is to be configured.
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

    /// Writes the tree's `.config`; one that comes out as it was keeps its modification time, which make looks at.
    /// - Parameter subject: the base need not have what the series brings; the others must.
    /// - Returns: the symbols that the tree's Kconfig does not have and need not have.
    /// - Throws: `KernelError.configurationRefused` when a symbol did not get its value, `configuredForI386`.
    func apply(to slot: TreeSlot, of subject: Subject, make: Make) async throws -> [String] {
        if fragment.values["CONFIG_X86_32"] == "y" { throw KernelError.configuredForI386(reason: "CONFIG_X86_32=y") }
        try Files.write(Data(fragment.text.utf8), to: slot.fragment)
        let config = slot.config
        let kept = slot.tree.appending(path: ".config.drydock")
        try Files.remove(kept)
        var before: Data?
        if Files.exists(config) {
            before = try Files.read(config)
            // Moved, because a copy would not have the time; a copy stays for the tree's own comparison of old and new.
            try Files.move(config, to: kept)
            try Files.copy(kept, to: config)
        }
        let result = try await make.run([base], variables: ["KCONFIG_ALLCONFIG=\(slot.fragment.path)"])
        guard result.status == .exited(0) else {
            throw KernelError.cannotConfigure(base: base, output: result.tail())
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

    private func check(_ config: ConfigFragment, in tree: URL, of subject: Subject) throws(KernelError) -> [String] {
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
