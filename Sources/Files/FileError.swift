import Foundation

/// An operation on a file or a directory failed.
package struct FileError: Error, Equatable, CustomStringConvertible {
    /// Such as `read`, `write` or `remove`.
    package let act: String
    package let path: String
    /// What the system said, or why the content cannot be used.
    package let reason: String

    package init(_ act: String, _ file: URL, reason: String) {
        self.act = act
        path = file.path
        self.reason = reason
    }

    package init(_ act: String, _ file: URL, because error: any Error) {
        self.init(act, file, reason: error.systemReason)
    }

    /// - Parameter number: an `errno`.
    package init(_ act: String, _ file: URL, number: Int32) {
        self.init(act, file, reason: String(cString: strerror(number)))
    }

    package var description: String { "cannot \(act) \(path): \(reason)\(advice.map { "; \($0)" } ?? "")" }

    /// What a user can do about it; nil if the reason already says it.
    private var advice: String? {
        switch reason {
        case String(cString: strerror(ENOSPC)), String(cString: strerror(EDQUOT)):
            "free some space there, then run again"
        case String(cString: strerror(EACCES)), String(cString: strerror(EPERM)), String(cString: strerror(EROFS)):
            "give yourself the right to it, or take another place (--cache, --runs, TMPDIR)"
        default: nil
        }
    }
}

extension Error {
    /// The system's message, such as "No space left on device", in place of Foundation's own sentence.
    package var systemReason: String {
        if let error = self as? FileError { return error.reason }
        if let error = self as? POSIXError { return String(cString: strerror(error.code.rawValue)) }
        let underlying = (self as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        guard let number = (self as? CocoaError).flatMap({ Self.numbers[$0.code] }) else { return localizedDescription }
        return String(cString: strerror(number))
    }

    /// Foundation does not always keep the number that its code was made from.
    private static var numbers: [CocoaError.Code: Int32] {
        [
            .fileNoSuchFile: ENOENT, .fileReadNoSuchFile: ENOENT, .fileReadNoPermission: EACCES,
            .fileWriteFileExists: EEXIST, .fileWriteNoPermission: EACCES, .fileWriteOutOfSpace: ENOSPC,
            .fileWriteVolumeReadOnly: EROFS,
        ]
    }
}
