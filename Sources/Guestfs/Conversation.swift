import Foundation

extension Guestfs {
    /// Runs one conversation from its first to its last word on a thread of its own.
    ///
    /// Cancelling the task kills the appliance, during a launch too; where it is still being built, as soon as it
    /// starts. When this returns there is no appliance any more.
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
            // A killed appliance makes all kinds of errors: none of them is news.
            try Task.checkCancellation()
            throw error
        }
    }

    /// The handle's life is this function's: it is closed before the caller hears of the result.
    private static func onceOnly<Result>(
        _ watch: ApplianceWatch, _ body: (borrowing Guestfs) throws -> Result
    ) throws -> Result {
        let guestfs = try Guestfs.create(watch: watch)
        return try body(guestfs)
    }
}
