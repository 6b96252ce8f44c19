import Files
import Foundation

/// A file in the directory of a test.
struct EvidenceFile {
    /// The directory of the test or the run.
    let folder: URL
    /// Relative to that.
    let path: String

    /// - Throws: `EvidenceError.damaged` if something else is in its place.
    var url: URL {
        get throws {
            let url = folder.appending(path: path)
            guard Files.isRegular(url.resolvingSymlinksInPath()) else {
                throw EvidenceError.damaged(path: folder.path, what: "\(path) is not a file")
            }
            return url
        }
    }

    /// The value of a JSON file.
    /// - Throws: `FileError` if the system does not let it be read, `EvidenceError.damaged` if its content is not such a value.
    func read<Value: Decodable>() throws -> Value {
        let content = try Files.read(try url)
        do throws(ContentFault) {
            return try JSON.value(of: content)
        } catch {
            throw EvidenceError.damaged(path: folder.path, what: "\(path) \(error)")
        }
    }
}
