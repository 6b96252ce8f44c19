import Evidence
import Files
import Foundation
import KernelSources

extension KernelCache {
    /// Compiler fronts by the digest of their text.
    fileprivate var toolchains: URL { folder.appending(path: "toolchains") }
}

/// A shell script of the target's that stands before the real compiler, which it finds in `$DRYDOCK_CC`.
struct CompilerFront: Sendable {
    /// As the target's description writes it, such as `toolchain/cc`.
    let name: String
    let digest: Digest
    /// The script in the cache: a path that stays the same as long as its text does, because make compares commands.
    let program: URL

    /// Puts the script into the cache where it is not there yet.
    init(_ name: String, in folder: URL, cache: KernelCache) throws(FileError) {
        let text = try Files.read(folder.appending(path: name))
        self.name = name
        digest = Digest(of: text)
        let place = cache.toolchains.appending(path: digest.short)
        program = place.appending(path: URL(filePath: name).lastPathComponent)
        // It is short enough to be compared, however it came to be another text.
        if (try? Data(contentsOf: program)) == text { return }
        try Files.remove(program)
        let partial = cache.toolchains.appending(path: "\(digest.short).\(UUID().uuidString)")
        let script = partial.appending(path: program.lastPathComponent)
        try Files.write(text, to: script)
        defer { try? Files.remove(partial) }
        try Files.attempt("write", script) {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        }
        do {
            try Files.createFolder(place)
            try Files.move(script, to: program)
        } catch {
            // Another drydock was quicker with the same text.
            guard Files.exists(program) else { throw error }
        }
    }
}
