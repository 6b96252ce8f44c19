import Files
import Foundation
import Guestfs

/// Results could not be brought out, or a disk for them could not be made.
package enum ResultsError: Error, Equatable, CustomStringConvertible {
    /// libguestfs is not on this host, or is not as it was known to be.
    case noApplianceParts(searchPath: String)
    /// The disk or the appliance's parts could not be made.
    case file(FileError)
    /// The appliance was not launched, or did not do its work; the library's words.
    case appliance(GuestfsError)

    package var description: String {
        switch self {
        case .noApplianceParts(let searchPath):
            "cannot find libguestfs's appliance: no supermin.d in \(searchPath); `make setup` installs libguestfs"
        case .file(let error): "\(error)"
        case .appliance(let error): "\(error)"
        }
    }
}

extension ResultsError {
    /// Does `body` to `url`, and says so if it cannot be done.
    static func step(_ act: String, _ url: URL, _ body: () throws -> Void) throws(ResultsError) {
        do {
            try Files.attempt(act, url, body)
        } catch {
            throw .file(error)
        }
    }
}
