import Evidence
import Foundation
import HostTools
import Targets

/// How a kernel is configured: symbols laid over one of the tree's own make targets.
struct KernelConfig {
    /// Such as `allnoconfig`.
    let base: String
    let fragment: ConfigFragment

    init(target: Target) throws(KernelError) {
        base = target.configuration.base
        fragment = try ConfigFragment(files: target.configuration.fragments.map { target.folder.appending(path: $0) })
    }

    var digest: Digest { Digest(inputs: ["base": base, "fragment": fragment.text]) }

    /// Writes the tree's `.config`; one that comes out as it was keeps its modification time, which make looks at.
    /// - Throws: `KernelError.configurationRefused` when a symbol did not get its value.
    func apply(to slot: TreeSlot, make: Make) async throws {
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
        let mismatches = fragment.mismatches(in: ConfigFragment(config: String(decoding: after, as: UTF8.self)))
        guard mismatches.isEmpty else { throw KernelError.configurationRefused(symbols: mismatches) }
        if after == before {
            try Files.remove(config)
            try Files.move(kept, to: config)
        }
        try Files.remove(kept)
    }
}
