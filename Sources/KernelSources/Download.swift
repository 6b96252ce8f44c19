import Evidence
import Files
import Foundation
import HostTools

/// A file that curl brings into the cache: resumed where an earlier download was cut off, and verified before it
/// gets its name.
struct Download {
    let url: String
    let file: URL
    let digest: Digest

    private var name: String { file.lastPathComponent }
    private var partial: URL { file.appendingPathExtension("partial") }

    func run(onProgress: @escaping @Sendable (String) -> Void) async throws {
        let wait = { onProgress("waiting for another drydock that downloads \(name)") }
        try await FileLock.hold(file.appendingPathExtension("lock"), onWait: wait) {
            guard !Files.exists(file) else { return }
            // An earlier drydock may have been killed between the last byte and the check.
            if try arrived() != digest { try await receive(onProgress) }
            onProgress("checking \(name)")
            guard let found = try arrived(), found == digest else {
                let found = try arrived() ?? Digest(of: Data())
                try Files.remove(partial)
                throw KernelSourceError.wrongChecksum(file: url, wanted: digest, found: found, removed: true)
            }
            try Files.move(partial, to: file)
        }
    }

    private func receive(_ onProgress: @escaping @Sendable (String) -> Void) async throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: partial.path))?[.size] as? Int ?? 0
        onProgress(size == 0 ? "downloading \(name)" : "downloading \(name) from byte \(size) on")
        var result = try await curl()
        // 33 and 36: the server, or the protocol, cannot go on in the middle.
        if size > 0, [.exited(33), .exited(36)].contains(result.status) {
            try Files.remove(partial)
            onProgress("downloading \(name)")
            result = try await curl()
        }
        guard result.status == .exited(0) else {
            throw KernelSourceError.cannotFetch(
                file: name, url: url, sources: file.deletingLastPathComponent().path, output: result.tail(3))
        }
    }

    private func curl() async throws -> ToolResult {
        // No user's ~/.curlrc; a connection that brings nothing for a minute is given up.
        try await HostTool("curl").run([
            "--disable", "--fail", "--location", "--silent", "--show-error", "--retry", "2", "--connect-timeout", "30",
            "--speed-time", "60", "--continue-at", "-", "--output", partial.path, "--url", url,
        ])
    }

    private func arrived() throws -> Digest? {
        Files.exists(partial) ? try Digest(ofFile: partial) : nil
    }
}
