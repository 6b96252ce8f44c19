import Files
import Foundation
import Guestfs

/// The results could not be read from a disk, or a disk for them could not be made.
package enum ResultsError: Error, Equatable, CustomStringConvertible {
    /// libguestfs is not on this host, or not in its known form.
    case noApplianceParts(searchPath: String)
    /// The disk or the appliance's parts could not be made.
    case file(FileError)
    /// The appliance was not launched, or failed; the message is the library's.
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
    /// Runs `body` on `url`; if it fails, the error says what could not be done.
    static func step(_ act: String, _ url: URL, _ body: () throws -> Void) throws(ResultsError) {
        do {
            try Files.attempt(act, url, body)
        } catch {
            throw .file(error)
        }
    }
}
