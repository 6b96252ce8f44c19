import Files
import Foundation

/// A JSON file in the directory of a test.
struct EvidenceFile {
    /// The directory of the test or the run.
    let folder: URL
    /// Relative to that.
    let path: String

    /// - Throws: `FileError` if the system does not let it be read, `EvidenceError.damaged` if its content is not such a value.
    func read<Value: Decodable>() throws -> Value {
        let content = try Files.read(folder.appending(path: path))
        do throws(ContentFault) {
            return try JSON.value(of: content)
        } catch {
            throw EvidenceError.damaged(path: folder.path, what: "\(path) \(error)")
        }
    }
}
