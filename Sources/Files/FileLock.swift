import Foundation
import Glibc

/// An advisory lock between drydocks on one file; the system drops it when its holder and all the programs that the
/// holder started under it are gone.
package enum FileLock {
    /// The open file of the lock that is held; nil if none is.
    @TaskLocal package static var held: Int32?

    /// Runs `body` while no other holder of `file` is inside one.
    /// - Parameter onWait: called once when another one holds it.
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
        // Under two locks a program holds the outer one, of what it writes to; the inner one is of what it only reads.
        return try await $held.withValue(held ?? descriptor) { try await body() }
    }
}
