import Foundation
import Glibc

/// An advisory lock on one file, between several drydocks; the system releases it when its holder and all programs that
/// the holder started under it have ended.
package enum FileLock {
    /// The open file of the lock that is held; nil if none is held.
    @TaskLocal package static var held: Int32?

    /// Runs `body` while no other holder of `file` runs its own.
    /// - Parameter onWait: called once if another drydock holds the lock.
    package static func hold<Value>(
        _ file: URL, onWait: () -> Void = {}, body: () async throws -> Value
    ) async throws -> Value {
        try Files.createFolder(file.deletingLastPathComponent())
        let descriptor = open(file.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", file, number: errno) }
        defer { close(descriptor) }
        var waited = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw FileError("write", file, number: errno) }
            if !waited { onWait() }
            waited = true
            // A blocking flock would hold a thread of the cooperative pool and could not be cancelled.
            try await Task.sleep(for: .milliseconds(50))
        }
        // Under two locks a program holds the outer one, which protects what it writes; the inner one protects what it
        // only reads.
        return try await $held.withValue(held ?? descriptor) { try await body() }
    }
}
