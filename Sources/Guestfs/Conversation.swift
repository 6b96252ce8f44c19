import Foundation

extension Guestfs {
    /// Runs one conversation with an appliance from start to end on a thread of its own.
    ///
    /// If the task is cancelled, the appliance is killed, also during a launch; if it is still being built, as soon as
    /// it starts. When this returns, the appliance has ended.
    /// - Throws: what `body` throws, or `CancellationError`.
    @discardableResult
    package static func converse<Result: Sendable>(
        _ body: @escaping @Sendable (borrowing Guestfs) throws -> Result
    ) async throws -> Result {
        let watch = ApplianceWatch()
        do {
            let result = try await withTaskCancellationHandler {
                try Task.checkCancellation()
                return try await withCheckedThrowingContinuation { continuation in
                    Thread.detachNewThread {
                        continuation.resume(with: Swift.Result { try onceOnly(watch, body) })
                    }
                }
            } onCancel: {
                watch.kill(because: "cancelled")
            }
            try Task.checkCancellation()
            return result
        } catch {
            // A killed appliance causes all kinds of errors, and none of them means anything.
            try Task.checkCancellation()
            throw error
        }
    }

    /// Closes the handle before the caller gets the result.
    private static func onceOnly<Result>(
        _ watch: ApplianceWatch, _ body: (borrowing Guestfs) throws -> Result
    ) throws -> Result {
        let guestfs = try Guestfs.create(watch: watch)
        return try body(guestfs)
    }
}
