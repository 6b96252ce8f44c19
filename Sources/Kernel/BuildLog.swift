import Evidence
import Files
import Foundation

/// The running log of one make: written to a file line by line, while the progress is told.
final class BuildLog: Sendable {
    private let file: FileHandle
    private let tree: URL
    private let onProgress: @Sendable (String) -> Void

    init(slot: TreeSlot, onProgress: @escaping @Sendable (String) -> Void) throws {
        try Files.write(Data(), to: slot.log)
        file = try Files.attempt("write", slot.log) { try FileHandle(forWritingTo: slot.log) }
        tree = slot.tree
        self.onProgress = onProgress
    }

    deinit { try? file.close() }

    /// A log that cannot be written, on a full disk, does not stop the build: make meets the same disk.
    func add(_ line: String) {
        try? file.write(contentsOf: Data("\(line)\n".utf8))
        if case .step(let action, let object) = CompilerOutput(line, tree: tree) { onProgress("\(action) \(object)") }
    }
}
