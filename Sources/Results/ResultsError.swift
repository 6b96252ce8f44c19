import Evidence
import Foundation
import Guestfs

/// Results could not be brought out, or a disk for them could not be made.
package enum ResultsError: Error, Equatable, CustomStringConvertible {
    /// libguestfs is not on this host, or is not as it was known to be.
    case noApplianceParts(searchPath: String)
    case cannotPrepare(act: String, path: String, reason: String)
    /// The appliance was not launched, or did not do its work; the library's words.
    case appliance(GuestfsError)

    package var description: String {
        switch self {
        case .noApplianceParts(let searchPath):
            "cannot find libguestfs's appliance: no supermin.d in \(searchPath); `make setup` installs libguestfs"
        case .cannotPrepare(let act, let path, let reason): "cannot \(act) \(path): \(reason)"
        case .appliance(let error): "\(error)"
        }
    }
}

extension ResultsError {
    /// Does `body` to `url`, and says so if it cannot be done.
    static func step(_ act: String, _ url: URL, _ body: () throws -> Void) throws(ResultsError) {
        do {
            try body()
        } catch {
            throw ResultsError.cannotPrepare(act: act, path: url.path, reason: error.systemReason)
        }
    }
}
